import { describe, expect, it } from 'vitest';
import {
  estimate,
  pairedDifference,
  tQuantile975,
} from '../../../autoscaler/training/comparison/estimate.ts';

describe('an estimate', () => {
  it('has the interval that Student’s t gives', () => {
    const found = estimate([1, 2, 3, 4, 5]);
    expect(found?.mean).toBe(3);
    expect(found?.std).toBeCloseTo(1.5811, 4);
    expect(found?.low).toBeCloseTo(3 - 1.963, 3);
    expect(found?.high).toBeCloseTo(3 + 1.963, 3);
  });

  it('knows the quantiles of the tables', () => {
    const table: readonly (readonly [number, number])[] = [
      [1, 12.706],
      [4, 2.776],
      [10, 2.228],
      [30, 2.042],
      [299, 1.968],
    ];
    for (const [degrees, quantile] of table) expect(tQuantile975(degrees)).toBeCloseTo(quantile, 2);
  });

  it('is absent without figures, and has no interval with one', () => {
    expect(estimate([])).toBeUndefined();
    expect(estimate([7])).toEqual({ mean: 7, std: undefined, low: undefined, high: undefined });
  });

  it('knows a paired difference far better than either mean', () => {
    const difference = pairedDifference([10, 20, 30], [9, 19, 29]);
    expect(difference).toEqual({ mean: 1, std: 0, low: 1, high: 1 });
  });
});
