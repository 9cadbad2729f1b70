/** The value below which that share of the samples lies, between the two nearest; NaN for no samples. */
export function quantile(samples: readonly number[], share: number): number {
  const ascending = samples.toSorted((a, b) => a - b);
  const at = share * (ascending.length - 1);
  const below = ascending[Math.floor(at)] ?? Number.NaN;
  const above = ascending[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

export function sum(samples: readonly number[]): number {
  return samples.reduce((total, sample) => total + sample, 0);
}
