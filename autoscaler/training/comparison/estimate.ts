/** A mean with its spread, and how well it is known. */
export interface Estimate {
  readonly mean: number;
  /** Standard deviation over the episodes (n − 1); undefined for a single one. */
  readonly std: number | undefined;
  /** 95 % interval of the mean by Student's t; undefined for a single episode. */
  readonly low: number | undefined;
  readonly high: number | undefined;
}

/** Undefined where there are no figures. */
export function estimate(figures: readonly number[]): Estimate | undefined {
  const count = figures.length;
  if (count === 0) return undefined;
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / count;
  if (count === 1) return { mean, std: undefined, low: undefined, high: undefined };
  const squares = figures.reduce((sum, figure) => sum + (figure - mean) ** 2, 0);
  const std = Math.sqrt(squares / (count - 1));
  const half = (tQuantile975(count - 1) * std) / Math.sqrt(count);
  return { mean, std, low: mean - half, high: mean + half };
}

/** Mean of the differences between two policies on the same seeds, which are far better known than either mean. */
export function pairedDifference(a: readonly number[], b: readonly number[]): Estimate | undefined {
  return estimate(a.map((figure, index) => figure - (b[index] ?? Number.NaN)));
}

const FEW_DEGREES = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];
const NORMAL_975 = 1.959963984540054;

/** The 97.5 % quantile of Student's t; by Fisher's expansion (Abramowitz and Stegun 26.7.5) where no table has it. */
export function tQuantile975(degrees: number): number {
  const exact = FEW_DEGREES[degrees - 1];
  if (exact !== undefined) return exact;
  const z = NORMAL_975;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / degrees + second / degrees ** 2 + third / degrees ** 3;
}
