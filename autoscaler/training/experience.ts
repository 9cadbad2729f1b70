/** What is kept of each step that a learner took, one row a step; rows of an episode follow each other. */
export interface Experience {
  /** Steps that there is room for, and those that are there. */
  readonly room: number;
  steps: number;
  readonly width: number;
  /** What the judge sees: first all that the policy sees, then what will come. */
  readonly inputs: Float64Array;
  /** The pool, the load in the long mean and its root: what turns outputs into an aim. */
  readonly workers: Float64Array;
  readonly loads: Float64Array;
  readonly scales: Float64Array;
  /** Changes that were allowed, the one that was chosen, and the logarithm of its probability. */
  readonly fewest: Int16Array;
  readonly most: Int16Array;
  readonly changes: Int16Array;
  readonly logProbabilities: Float64Array;
  readonly rewards: Float64Array;
  /** What the judge expected. */
  readonly values: Float64Array;
  /** How much better it went than expected, and what the judge should have expected. */
  readonly advantages: Float64Array;
  readonly returns: Float64Array;
}

export function emptyExperience(room: number, width: number): Experience {
  const column = (): Float64Array => new Float64Array(room);
  const small = (): Int16Array => new Int16Array(room);
  return {
    ...{ room, width, steps: 0, inputs: new Float64Array(room * width) },
    ...{ workers: column(), loads: column(), scales: column() },
    ...{ fewest: small(), most: small(), changes: small(), logProbabilities: column() },
    ...{ rewards: column(), values: column(), advantages: column(), returns: column() },
  };
}

/**
 * Generalised advantages (Schulman et al. 2016) of an episode that is over, without discount: each step is credited
 * with what came better than expected after it, the later the less.
 *
 * @param from its first row
 * @param kept what a step later still counts, 0 to 1
 */
export function creditEpisode(experience: Experience, from: number, kept: number): void {
  const { rewards, values, advantages, returns, steps } = experience;
  let credit = 0;
  for (let row = steps - 1; row >= from; row -= 1) {
    const value = values[row] ?? 0;
    const next = row === steps - 1 ? 0 : (values[row + 1] ?? 0);
    credit = (rewards[row] ?? 0) + next - value + kept * credit;
    advantages[row] = credit;
    returns[row] = credit + value;
  }
}

/** Sums over rows of experience: those of several shares of it can be added up. */
export interface AdvantageSums {
  readonly steps: number;
  readonly sum: number;
  readonly squares: number;
}

export function advantageSums({ advantages, steps }: Experience): AdvantageSums {
  let [sum, squares] = [0, 0];
  for (let row = 0; row < steps; row += 1) {
    const advantage = advantages[row] ?? 0;
    sum += advantage;
    squares += advantage * advantage;
  }
  return { steps, sum, squares };
}

/** What brings advantages to mean 0 and deviation 1. */
export interface AdvantageScale {
  readonly mean: number;
  readonly deviation: number;
}

export function advantageScale(shares: readonly AdvantageSums[]): AdvantageScale {
  const total = (of: (share: AdvantageSums) => number): number =>
    shares.reduce((sum, share) => sum + of(share), 0);
  const steps = Math.max(
    1,
    total((share) => share.steps),
  );
  const mean = total(({ sum }) => sum) / steps;
  const variance = total(({ squares }) => squares) / steps - mean * mean;
  return { mean, deviation: Math.sqrt(Math.max(0, variance)) + 1e-9 };
}

/** No single step counts for more than so many standard deviations. */
const MOST_DEVIATIONS = 8;

export function standardised(advantage: number, { mean, deviation }: AdvantageScale): number {
  return Math.min(MOST_DEVIATIONS, Math.max(-MOST_DEVIATIONS, (advantage - mean) / deviation));
}
