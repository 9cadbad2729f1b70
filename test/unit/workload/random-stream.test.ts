import { describe, expect, it } from 'vitest';

import { RandomStream } from '../../../shared/workload/random-stream.ts';

function draw(count: number, next: () => number): number[] {
  return Array.from({ length: count }, next);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const [leftMean, rightMean] = [mean(left), mean(right)];
  const joint = mean(left.map((value, index) => (value - leftMean) * ((right[index] ?? NaN) - rightMean)));
  return joint / Math.sqrt(variance(left) * variance(right));
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

describe('a random stream', () => {
  it('repeats itself for the same seed and name', () => {
    const first = new RandomStream(7, 'arrivals');
    const second = new RandomStream(7, 'arrivals');
    expect(draw(100, () => first.unit())).toEqual(draw(100, () => second.unit()));
  });

  it('differs between any two of 1000 seeds and five names from its first number on', () => {
    const names = ['arrivals', 'sizes', 'serviceNoise', 'startDelay', 'exploration'];
    const beginnings = new Set<string>();
    for (let seed = 0; seed < 1000; seed++) {
      for (const name of names) beginnings.add(draw(2, streamUnit(seed, name)).join());
    }
    expect(beginnings.size).toBe(5000);
  });

  it('tells seeds apart that differ only above 32 bits', () => {
    const low = streamUnit(1, 'arrivals');
    const high = streamUnit(1 + 2 ** 32, 'arrivals');
    expect(draw(3, low)).not.toEqual(draw(3, high));
  });

  it('has no correlation with the stream of the next seed or of another name', () => {
    const own = draw(20_000, streamUnit(5, 'arrivals'));
    expect(Math.abs(correlation(own, draw(20_000, streamUnit(6, 'arrivals'))))).toBeLessThan(0.03);
    expect(Math.abs(correlation(own, draw(20_000, streamUnit(5, 'sizes'))))).toBeLessThan(0.03);
  });

  it('fills the unit interval evenly', () => {
    const next = streamUnit(11, 'uniform');
    const counts = new Array<number>(64).fill(0);
    for (let i = 0; i < 64_000; i++) {
      const cell = Math.floor(next() * 64);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 63 degrees of freedom: above 113 once in 10 000 streams, below 29 likewise.
    expect(chiSquare).toBeGreaterThan(29);
    expect(chiSquare).toBeLessThan(113);
  });

  it('draws every integer of a range, both ends included, about equally often', () => {
    const stream = new RandomStream(3, 'integer');
    const values = draw(8000, () => stream.integer(1, 4));
    for (const value of [1, 2, 3, 4]) {
      expect(Math.abs(values.filter((drawn) => drawn === value).length - 2000)).toBeLessThan(200);
    }
    expect(Math.min(...values)).toBe(1);
    expect(Math.max(...values)).toBe(4);
  });

  it('draws exponentials whose mean and standard deviation are equal', () => {
    const stream = new RandomStream(4, 'exponential');
    const values = draw(40_000, () => stream.exponential(2));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(mean(values)).toBeCloseTo(2, 1);
    expect(Math.sqrt(variance(values))).toBeCloseTo(2, 1);
  });

  it('draws normals with mean 0, variance 1 and the normal share beyond two deviations', () => {
    const stream = new RandomStream(9, 'normal');
    const values = draw(40_000, () => stream.normal());
    expect(Math.abs(mean(values))).toBeLessThan(0.02);
    expect(Math.abs(variance(values) - 1)).toBeLessThan(0.03);
    expect(values.filter((value) => Math.abs(value) > 2).length / 40_000).toBeCloseTo(0.0455, 2);
  });

  it.each([0.5, 1, 4, 20])('draws a gamma of shape %d with its mean and variance', (shape) => {
    const stream = new RandomStream(13, 'gamma');
    const values = draw(60_000, () => stream.gamma(shape, 1.5));
    const wanted = (1.5 * 1.5) / shape;
    expect(Math.abs(mean(values) - 1.5)).toBeLessThan(5 * Math.sqrt(wanted / 60_000));
    expect(Math.abs(variance(values) / wanted - 1)).toBeLessThan(0.1);
    expect(Math.min(...values)).toBeGreaterThan(0);
  });

  it.each([0.2, 0.5, 1])('draws a lognormal of coefficient of variation %d with mean 1', (cv) => {
    const stream = new RandomStream(17, 'noise');
    const values = draw(60_000, () => stream.lognormal(cv));
    expect(Math.abs(mean(values) - 1)).toBeLessThan((5 * cv) / Math.sqrt(60_000));
    expect(Math.abs(Math.sqrt(variance(values)) / cv - 1)).toBeLessThan(0.1);
  });

  it('draws no noise at all when the coefficient of variation is 0', () => {
    const stream = new RandomStream(17, 'noise');
    expect(new Set(draw(50, () => stream.lognormal(0)))).toEqual(new Set([1]));
  });

  it('draws Poisson counts with the Poisson probabilities', () => {
    const stream = new RandomStream(19, 'poisson');
    const values = draw(20_000, () => stream.poisson(1.5));
    for (let count = 0; count <= 5; count++) {
      const wanted = (Math.exp(-1.5) * 1.5 ** count) / factorial(count);
      const seen = values.filter((value) => value === count).length / 20_000;
      expect(Math.abs(seen - wanted)).toBeLessThan(5 * Math.sqrt(wanted / 20_000));
    }
  });

  it.each([0, 29, 31, 900])('draws Poisson counts of mean %d with equal mean and variance', (wanted) => {
    const stream = new RandomStream(23, 'poisson');
    const values = draw(5000, () => stream.poisson(wanted));
    expect(Math.abs(mean(values) - wanted)).toBeLessThanOrEqual(5 * Math.sqrt(wanted / 5000));
    expect(Math.abs(variance(values) - wanted)).toBeLessThanOrEqual(0.12 * wanted);
  });
});

function streamUnit(seed: number, name: string): () => number {
  const stream = new RandomStream(seed, name);
  return () => stream.unit();
}
