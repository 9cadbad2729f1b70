import { expect, test } from 'vitest';
import { retryAfterSeconds } from '../../../emitter/back-pressure.ts';
import { expectedSeconds, imageModelName } from '../../../emitter/expected-service.ts';
import { imageStages } from '../../../shared/farm/image-options.ts';

const megapixel = 1024 * 1024;

test('without a calibration the four stages take about what they were measured to take', () => {
  const all = expectedSeconds({ kind: 'image', stages: imageStages, pixels: megapixel }, undefined);
  expect(all).toBeCloseTo(0.0357, 4);
  const thumbnail = expectedSeconds({ kind: 'image', stages: ['thumbnail'], pixels: megapixel }, undefined);
  expect(thumbnail).toBeLessThan(all / 3);
});

test('a stage set has a model of its own, whatever order its stages were named in', () => {
  expect(imageModelName(['metadata', 'thumbnail'])).toBe('image:thumbnail,metadata');
  expect(imageModelName(imageStages.toReversed())).toBe('image');
  const models = { 'image:thumbnail,metadata': { secondsPerPixel: 1e-6, fixedSeconds: 0 } };
  const work = { kind: 'image', stages: ['metadata', 'thumbnail'], pixels: 2e6 } as const;
  expect(expectedSeconds(work, models)).toBeCloseTo(2, 9);
});

test('a stage set that was not calibrated is as much slower as the whole pipeline is', () => {
  const work = { kind: 'image', stages: ['metadata'], pixels: megapixel } as const;
  const whole = expectedSeconds({ ...work, stages: imageStages }, undefined);
  const models = { image: { secondsPerPixel: 0, fixedSeconds: 2 * whole } };
  expect(expectedSeconds(work, models)).toBeCloseTo(2 * expectedSeconds(work, undefined), 9);
});

test('a type of its own goes by its calibration, and by one second without', () => {
  const work = { kind: 'other', type: 'own', pixels: 10 } as const;
  expect(expectedSeconds(work, undefined)).toBe(1);
  expect(expectedSeconds(work, { own: { secondsPerPixel: 0.1, fixedSeconds: 0.5 } })).toBeCloseTo(1.5, 9);
});

test.each([
  [0, 4, 1],
  [100, 4, 3],
  [1e9, 4, 60],
  [0, 0, 60],
])(
  'with %d s of work waiting for %d workers, whoever is refused comes again after %d s',
  (work, workers, wait) => {
    expect(retryAfterSeconds(work, workers)).toBe(wait);
  },
);
