import { describe, expect, it } from 'vitest';

import { RandomStream } from '../../../shared/workload/random-stream.ts';
import { zigguratExponential, zigguratNormal } from '../../../shared/workload/ziggurat.ts';

const draws = 400_000;

/** Sum over cells from `low` on, the last one open, of (seen − expected)² / expected. */
function chiSquare(values: readonly number[], low: number, width: number, shares: readonly number[]): number {
  const seen = new Array<number>(shares.length).fill(0);
  for (const value of values) {
    const cell = Math.min(shares.length - 1, Math.max(0, Math.floor((value - low) / width)));
    seen[cell] = (seen[cell] ?? 0) + 1;
  }
  return shares.reduce((sum, share, cell) => {
    const wanted = share * values.length;
    return sum + ((seen[cell] ?? 0) - wanted) ** 2 / wanted;
  }, 0);
}

/** Share of the standard normal between two points, by Simpson's rule. */
function normalShare(from: number, to: number): number {
  const steps = 400;
  const width = (to - from) / steps;
  let sum = 0;
  for (let step = 0; step <= steps; step++) {
    const weight = step === 0 || step === steps ? 1 : step % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp(-0.5 * (from + step * width) ** 2);
  }
  return ((sum * width) / 3) * Math.sqrt(0.5 / Math.PI);
}

describe('the ziggurat', () => {
  it('draws normals by the bell curve, layer edges and both tails included', () => {
    const stream = new RandomStream(1, 'ziggurat');
    const values = Array.from({ length: draws }, () => zigguratNormal(stream));
    // 80 cells of 0.1 from −4 to 4; the outer two hold all beyond them as well.
    const shares = Array.from({ length: 80 }, (_, cell) => {
      const from = cell === 0 ? -10 : -4 + 0.1 * cell;
      return normalShare(from, cell === 79 ? 10 : -3.9 + 0.1 * cell);
    });
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    // 79 degrees of freedom: beyond 135 or below 40 about once in 10 000.
    expect(chiSquare(values, -4, 0.1, shares)).toBeLessThan(135);
    expect(chiSquare(values, -4, 0.1, shares)).toBeGreaterThan(40);
  });

  it('draws exponentials by their density, layer edges and tail included', () => {
    const stream = new RandomStream(2, 'ziggurat');
    const values = Array.from({ length: draws }, () => zigguratExponential(stream));
    // 80 cells of 0.1 up to 8, the last one open; the tail begins at 7.7.
    const shares = Array.from(
      { length: 80 },
      (_, cell) => Math.exp(-0.1 * cell) - (cell === 79 ? 0 : Math.exp(-0.1 * (cell + 1))),
    );
    expect(chiSquare(values, 0, 0.1, shares)).toBeLessThan(135);
    expect(chiSquare(values, 0, 0.1, shares)).toBeGreaterThan(40);
    const beyondTheLastEdge = values.filter((value) => value > 7.69711747013105).length;
    expect(Math.abs(beyondTheLastEdge - draws * Math.exp(-7.69711747013105))).toBeLessThan(
      5 * Math.sqrt(182),
    );
  });
});
