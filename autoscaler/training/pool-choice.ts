import type { Aim } from '../../shared/policy/history-network.ts';

/** Changes of the pool that may be chosen: both ends included, 0 among them. */
export interface ChoiceRange {
  readonly fewest: number;
  readonly most: number;
}

/** Slopes of the logarithm of a probability. */
export interface ChoiceSlopes {
  readonly change: number;
  readonly tolerance: number;
}

/**
 * How a learner tries pools around what its network aims at: the aim is blurred by a logistic distribution, and what
 * lies beyond the step limit is done as far as it goes. Where the blur goes to 0 only `changeOf` the aim is left.
 */
export class PoolChoice {
  #aim: Aim = { change: 0, tolerance: 0 };
  #range: ChoiceRange = { fewest: 0, most: 0 };
  #spread = 1;

  /** @param spread of the blur, in workers */
  set(aim: Aim, range: ChoiceRange, spread: number): void {
    this.#aim = aim;
    this.#range = range;
    this.#spread = spread;
  }

  /** @param chance uniform in [0, 1) */
  draw(chance: number): number {
    const { fewest, most } = this.#range;
    let change = fewest;
    while (change < most && chance >= this.#upTo(change)) change += 1;
    return change;
  }

  probability(change: number): number {
    return Math.max(LEAST_PROBABILITY, this.#upTo(change) - this.#upTo(change - 1));
  }

  slopes(change: number): ChoiceSlopes {
    const above = this.#density(change);
    const below = this.#density(change - 1);
    const whole = this.probability(change) * this.#spread;
    return {
      change: (below - above) / whole,
      tolerance: (above * side(change) - below * side(change - 1)) / whole,
    };
  }

  /** Probability of that change or a lower one. */
  #upTo(change: number): number {
    if (change >= this.#range.most) return 1;
    return change < this.#range.fewest ? 0 : logistic(this.#distance(change));
  }

  #density(change: number): number {
    const share = this.#upTo(change);
    return share * (1 - share);
  }

  /** From the aim to where a change gives way to the next higher one. */
  #distance(change: number): number {
    return (change + 0.5 + side(change) * this.#aim.tolerance - this.#aim.change) / this.#spread;
  }
}

/** Nothing that was drawn is taken for less likely: it is divided by. */
const LEAST_PROBABILITY = 1e-9;

/** The tolerance moves the boundaries of doing nothing, and all beyond them, outwards. */
function side(change: number): 1 | -1 {
  return change >= 0 ? 1 : -1;
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
