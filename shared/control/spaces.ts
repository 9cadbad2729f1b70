/** One dimension of a space of observations. */
export interface Dimension {
  readonly name: string;
  readonly unit: string;
  /** Bounds, both included. An observation beyond them is held at them. */
  readonly low: number;
  readonly high: number;
}

/** Vectors of real numbers within bounds, one dimension a quantity (Gymnasium's `Box`). */
export interface Box {
  readonly kind: 'box';
  readonly dimensions: readonly Dimension[];
}

/** The actions 0 to n − 1, each a change of the pool (Gymnasium's `Discrete`). */
export interface Discrete {
  readonly kind: 'discrete';
  readonly n: number;
  /** Workers that the action adds, negative where it removes. */
  readonly deltas: readonly number[];
}

/** Every change from −limit to +limit, in that order. */
export function deltasUpTo(limit: number): Discrete {
  const deltas = Array.from({ length: 2 * limit + 1 }, (_, index) => index - limit);
  return { kind: 'discrete', n: deltas.length, deltas };
}

/** Whether a vector has the dimensions of a box and lies within them. */
export function contains(box: Box, vector: readonly number[]): boolean {
  return (
    vector.length === box.dimensions.length &&
    box.dimensions.every(({ low, high }, index) => {
      const value = vector[index] ?? Number.NaN;
      return value >= low && value <= high;
    })
  );
}
