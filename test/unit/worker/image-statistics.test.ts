import { describe, expect, test } from 'vitest';
import type { Pixels } from '../../../worker/tasks/image/pixels.ts';
import { statisticsOf, type ChannelStatistics } from '../../../worker/tasks/image/statistics.ts';
import { noisyGradient } from '../../support/pictures.ts';

/** The definition, one value at a time, with nothing clever about it. */
function slowly(values: readonly number[]): ChannelStatistics {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const histogram = Array.from(
    { length: 16 },
    (_, bin) => values.filter((value) => value >> 4 === bin).length,
  );
  return {
    mean,
    standardDeviation: Math.sqrt(variance),
    min: Math.min(...values),
    max: Math.max(...values),
    histogram,
  };
}

const names = {
  1: ['grey'],
  2: ['grey', 'alpha'],
  3: ['red', 'green', 'blue'],
  4: ['red', 'green', 'blue', 'alpha'],
};

describe('statistics by counting levels', () => {
  test.each([1, 2, 3, 4] as const)('agree with the definition for %i channels', (channels) => {
    const data = noisyGradient(60, 36).subarray(0, 36 * 36 * channels);
    const pixels: Pixels = { data, widthPixels: 36, heightPixels: 36, channels };
    const found = statisticsOf(pixels);
    expect(Object.keys(found)).toEqual(names[channels]);
    Object.values(found).forEach((statistics, channel) => {
      const expected = slowly([...data].filter((_, at) => at % channels === channel));
      expect(statistics.mean).toBeCloseTo(expected.mean, 9);
      expect(statistics.standardDeviation).toBeCloseTo(expected.standardDeviation, 9);
      expect({ ...statistics, mean: 0, standardDeviation: 0 }).toEqual({
        ...expected,
        mean: 0,
        standardDeviation: 0,
      });
    });
  });

  test('histograms add up to the pixels of the picture', () => {
    const found = statisticsOf({
      data: noisyGradient(31, 17),
      widthPixels: 31,
      heightPixels: 17,
      channels: 3,
    });
    for (const { histogram } of Object.values(found)) {
      expect(histogram.reduce((sum, count) => sum + count, 0)).toBe(31 * 17);
    }
  });

  test('a picture of one colour has no deviation', () => {
    const data = Buffer.alloc(30, 200);
    const { red } = statisticsOf({ data, widthPixels: 5, heightPixels: 2, channels: 3 });
    expect(red).toMatchObject({ mean: 200, standardDeviation: 0, min: 200, max: 200 });
  });
});
