import { aimOf, softplusSlope, TOLERANCE_SCALE } from '../../shared/policy/history-network.ts';
import { standardised } from './experience.ts';
import type { AdvantageScale, Experience } from './experience.ts';
import type { GradientNetworks } from './gradient-networks.ts';
import { BLOCK_ROWS, NetworkBlock } from './network-block.ts';
import { PoolChoice } from './pool-choice.ts';
import { huberSlope } from './q-trainer.ts';

/** Slopes of the losses in the weights, added up over rows of experience. */
export interface Gradients {
  readonly rows: number;
  readonly policy: Float64Array;
  readonly judge: Float64Array;
}

/** With which blur the choices were drawn, in √load, and what makes advantages comparable. */
export interface Gathering {
  readonly spread: number;
  readonly scale: AdvantageScale;
}

/**
 * The losses of proximal policy optimisation (Schulman et al. 2017) on experience, and their slopes: of the policy, the
 * advantage times how much more likely a choice is than when it was drawn, as long as that is within a limit; of its
 * judge, Huber's loss of what it expected.
 */
export class GradientSums {
  readonly #networks: GradientNetworks;
  readonly #experience: Experience;
  readonly #ratioLimit: number;
  readonly #policy: NetworkBlock;
  readonly #judge: NetworkBlock;
  readonly #choice = new PoolChoice();
  readonly #starts = new Int32Array(BLOCK_ROWS);

  /** @param ratioLimit a choice is not made more, or less, likely than so much before its experience is out of date */
  constructor(networks: GradientNetworks, experience: Experience, ratioLimit: number) {
    this.#networks = networks;
    this.#experience = experience;
    this.#ratioLimit = ratioLimit;
    this.#policy = new NetworkBlock(networks.policy);
    this.#judge = new NetworkBlock(networks.judge);
  }

  /** Of some rows of the experience, by the networks as they are now. */
  of(rows: ArrayLike<number>, gathering: Gathering): Gradients {
    const policy = new Float64Array(this.#networks.policy.parameters.length);
    const judge = new Float64Array(this.#networks.judge.parameters.length);
    this.addPolicy(rows, gathering, policy);
    this.#addJudge(rows, judge);
    return { rows: rows.length, policy, judge };
  }

  /** Adds the slopes of the policy's loss to `gradient`; returns the loss, summed up. */
  addPolicy(rows: ArrayLike<number>, gathering: Gathering, gradient: Float64Array): number {
    const slopes = new Float64Array(2 * BLOCK_ROWS);
    let loss = 0;
    for (let from = 0; from < rows.length; from += BLOCK_ROWS) {
      const outputs = this.#policy.forward(this.#experience.inputs, this.#block(rows, from));
      slopes.fill(0);
      for (let at = 0; at < Math.min(BLOCK_ROWS, rows.length - from); at += 1) {
        const two = outputs.subarray(2 * at, 2 * at + 2);
        loss += this.#policyLoss(rows[from + at] ?? 0, two, gathering, slopes.subarray(2 * at));
      }
      this.#policy.backward(slopes, gradient);
    }
    return loss;
  }

  #addJudge(rows: ArrayLike<number>, gradient: Float64Array): void {
    const slopes = new Float64Array(BLOCK_ROWS);
    const { inputs, returns } = this.#experience;
    for (let from = 0; from < rows.length; from += BLOCK_ROWS) {
      const values = this.#judge.forward(inputs, this.#block(rows, from));
      slopes.fill(0);
      for (let at = 0; at < Math.min(BLOCK_ROWS, rows.length - from); at += 1) {
        slopes[at] = huberSlope((values[at] ?? 0) - (returns[rows[from + at] ?? 0] ?? 0));
      }
      this.#judge.backward(slopes, gradient);
    }
  }

  /** Where the rows of a block begin; where there are no more rows, the last one stands again and has no slope. */
  #block(rows: ArrayLike<number>, from: number): Int32Array {
    const last = rows.length - 1;
    for (let at = 0; at < BLOCK_ROWS; at += 1) {
      this.#starts[at] = (rows[Math.min(last, from + at)] ?? 0) * this.#experience.width;
    }
    return this.#starts;
  }

  /** The loss of one row; writes its slopes in both outputs, or leaves them 0 where the row is out of date. */
  #policyLoss(
    row: number,
    outputs: Float64Array,
    { spread, scale }: Gathering,
    slopes: Float64Array,
  ): number {
    const { workers, loads, scales, fewest, most, changes, advantages, logProbabilities } = this.#experience;
    const root = scales[row] ?? 1;
    const standing = { workers: workers[row] ?? 0, load: loads[row] ?? 0, scale: root };
    const range = { fewest: fewest[row] ?? 0, most: most[row] ?? 0 };
    const change = changes[row] ?? 0;
    this.#choice.set(aimOf(outputs, standing), range, spread * root);
    const advantage = standardised(advantages[row] ?? 0, scale);
    const ratio = this.#choice.probability(change) / Math.exp(logProbabilities[row] ?? 0);
    const limited = Math.min(1 + this.#ratioLimit, Math.max(1 - this.#ratioLimit, ratio));
    const isOutOfDate = advantage > 0 ? ratio > limited : ratio < limited;
    if (isOutOfDate) return -advantage * limited;
    const slope = this.#choice.slopes(change);
    slopes[0] = -advantage * ratio * root * slope.change;
    slopes[1] =
      -advantage * ratio * root * slope.tolerance * TOLERANCE_SCALE * softplusSlope(outputs[1] ?? 0);
    return -advantage * ratio;
  }
}
