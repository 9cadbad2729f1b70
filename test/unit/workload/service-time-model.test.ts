import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RandomStream } from '../../../shared/workload/random-stream.ts';
import {
  expectedServiceSeconds,
  fitServiceTimeModel,
  imageSidePixelsFor,
  paperServiceTimeModel,
} from '../../../shared/workload/service-time-model.ts';

describe('the service-time model', () => {
  it.each([
    [512, 0.0426, 0.006],
    [1024, 0.17, 0.02],
    [2048, 0.737, 0.03],
    [4096, 2.87, 0.01],
  ])('gives about the published time for a side of %d', (side, seconds, tolerance) => {
    const modelled = expectedServiceSeconds(paperServiceTimeModel, side * side);
    expect(Math.abs(modelled - seconds)).toBeLessThan(tolerance);
  });

  it('gives no negative time when the constant of a noisy fit is negative', () => {
    expect(expectedServiceSeconds({ secondsPerPixel: 1e-7, fixedSeconds: -0.5 }, 100)).toBe(0);
  });

  it('finds back the side from its own time, for every calibrated side', () => {
    for (let side = 512; side <= 4096; side++) {
      const seconds = expectedServiceSeconds(paperServiceTimeModel, side * side);
      expect(imageSidePixelsFor(paperServiceTimeModel, seconds)).toBe(side);
    }
  });

  it('stays within the calibrated sides for any time asked for', () => {
    fc.assert(
      fc.property(fc.double({ min: -10, max: 1e6, noNaN: true }), (seconds) => {
        const side = imageSidePixelsFor(paperServiceTimeModel, seconds);
        expect(Number.isInteger(side) && side >= 512 && side <= 4096).toBe(true);
      }),
    );
  });

  it('misses the time asked for by no more than half a pixel of side is worth', () => {
    for (let seconds = 0.05; seconds < 2.8; seconds += 0.01) {
      const side = imageSidePixelsFor(paperServiceTimeModel, seconds);
      const error = Math.abs(expectedServiceSeconds(paperServiceTimeModel, side * side) - seconds);
      expect(error).toBeLessThanOrEqual(paperServiceTimeModel.secondsPerPixel * (side + 0.25) + 1e-12);
    }
  });
});

describe('fitting the service-time model', () => {
  it('recovers slope and constant from exact samples with R² 1', () => {
    const samples = [512, 1024, 2048, 4096].map((side) => ({
      pixels: side * side,
      seconds: 2e-7 * side * side + 0.003,
    }));
    const fit = fitServiceTimeModel(samples);
    expect(fit?.model.secondsPerPixel).toBeCloseTo(2e-7, 15);
    expect(fit?.model.fixedSeconds).toBeCloseTo(0.003, 10);
    expect(fit?.rSquared).toBeCloseTo(1, 10);
  });

  it('recovers them from samples with noise, and says with R² that it explains less', () => {
    const noise = new RandomStream(1, 'noise');
    const samples = Array.from({ length: 400 }, (_, index) => {
      const pixels = 250_000 + 40_000 * index;
      return { pixels, seconds: 1e-7 * pixels + 0.02 + 0.05 * noise.normal() };
    });
    const fit = fitServiceTimeModel(samples);
    expect(Math.abs((fit?.model.secondsPerPixel ?? 0) / 1e-7 - 1)).toBeLessThan(0.02);
    expect(Math.abs((fit?.model.fixedSeconds ?? 0) - 0.02)).toBeLessThan(0.02);
    expect(fit?.rSquared).toBeGreaterThan(0.95);
    expect(fit?.rSquared).toBeLessThan(0.999);
  });

  it('explains nothing when time does not depend on pixels', () => {
    const seconds = [1, 2, 2, 1];
    const fit = fitServiceTimeModel(seconds.map((value, index) => ({ pixels: index + 1, seconds: value })));
    expect(fit?.model.secondsPerPixel).toBeCloseTo(0, 12);
    expect(fit?.rSquared).toBeCloseTo(0, 12);
  });

  it('has no answer for fewer than two different pixel counts', () => {
    expect(fitServiceTimeModel([])).toBeUndefined();
    expect(fitServiceTimeModel([{ pixels: 100, seconds: 1 }])).toBeUndefined();
    const twice = [1, 2].map((seconds) => ({ pixels: 100, seconds }));
    expect(fitServiceTimeModel(twice)).toBeUndefined();
  });
});
