import { expect, test } from 'vitest';
import { imageStages } from '../../../shared/farm/image-options.ts';
import { serviceModelsSchema } from '../../../shared/io/schemas/service-models.ts';
import { fitModels, serviceModels } from '../../../cli/calibration.ts';
import type { ImageTrial } from '../../../cli/calibration.ts';
import { percentiles } from '../../../cli/demo/summary.ts';

/** Every stage takes a nanosecond a pixel, decoding two and a millisecond. */
function trial(sidePixels: number): ImageTrial {
  const pixels = sidePixels * sidePixels;
  const stageSeconds = Object.fromEntries(imageStages.map((stage) => [stage, pixels * 1e-9]));
  return { sidePixels, pixels, seconds: pixels * 6e-9 + 0.001, stageSeconds };
}

const trials = {
  all: [512, 1024, 2048].map(trial),
  thumbnailAlone: [512, 1024, 2048].map((side) => ({ ...trial(side), seconds: side * side * 5e-10 })),
};

test('each of the fifteen sets of stages gets a model that is the whole less what it lacks', () => {
  const models = fitModels(trials);
  expect(Object.keys(models)).toHaveLength(15);
  expect(models['image']?.secondsPerPixel).toBeCloseTo(6e-9, 14);
  expect(models['image:metadata,conversion']?.secondsPerPixel).toBeCloseTo(4e-9, 14);
  expect(models['image:metadata,conversion']?.fixedSeconds).toBeCloseTo(0.001, 9);
  expect(models['image']?.rSquared).toBeCloseTo(1, 9);
});

test('a thumbnail alone is fitted to its own runs', () => {
  expect(fitModels(trials)['image:thumbnail']?.secondsPerPixel).toBeCloseTo(5e-10, 14);
});

test('a farm takes the models as they are written', () => {
  const models = serviceModels({ models: fitModels(trials) });
  expect(serviceModelsSchema.parse(models)).toEqual(models);
});

test('measurements in which larger pictures take no longer are refused', () => {
  const flat = trials.all.map((each) => ({ ...each, seconds: 0.1, stageSeconds: {} }));
  expect(() => fitModels({ all: flat, thumbnailAlone: flat })).toThrow(/larger pictures/);
});

test('a percentile is a figure that occurred', () => {
  const figures = Array.from({ length: 100 }, (_none, index) => index + 1);
  expect(percentiles(figures)).toEqual({ p50: 50, p95: 95, p99: 99 });
  expect(percentiles([7])).toEqual({ p50: 7, p95: 7, p99: 7 });
});
