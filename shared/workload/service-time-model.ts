/**
 * How long a task of one type is expected to take, by the pixels of its image: seconds = a · pixels + b.
 * Fitted on the machine where the workers run, one model per task type and stage set.
 */
export interface ServiceTimeModel {
  readonly secondsPerPixel: number;
  readonly fixedSeconds: number;
}

/** One measured run: an image of so many pixels took so long. */
export interface ServiceTimeSample {
  readonly pixels: number;
  readonly seconds: number;
}

/** A model with how well it explains its samples: R² is 1 when it explains all of their spread. */
export interface ServiceTimeFit {
  readonly model: ServiceTimeModel;
  readonly rSquared: number;
}

/** The published calibration, over square images (side² is the pixel count), R² 0.9999. */
export const paperServiceTimeModel: ServiceTimeModel = Object.freeze({
  secondsPerPixel: 1.7099013205346125e-7,
  fixedSeconds: 0.0016654777540409116,
});

/** The image sides that the paper calibrated, in pixels; a drawn service time is held within their range. */
export const calibratedSidePixels = Object.freeze({ smallest: 512, largest: 4096 });

/** Expected service time in seconds; never below 0, though a noisy fit may have a negative constant. */
export function expectedServiceSeconds(model: ServiceTimeModel, pixels: number): number {
  return Math.max(0, model.secondsPerPixel * pixels + model.fixedSeconds);
}

/**
 * The side of the square image whose expected service time is nearest to the wanted one, within the calibrated sides.
 * Sides are whole pixels, so take the service time from the side again rather than keep the wanted one.
 */
export function imageSidePixelsFor(model: ServiceTimeModel, wantedSeconds: number): number {
  const { smallest, largest } = calibratedSidePixels;
  const pixels = (wantedSeconds - model.fixedSeconds) / model.secondsPerPixel;
  if (!(pixels > smallest * smallest)) return smallest;
  // Half up by floor: Math.round costs more than all the rest here, and every task drawn comes through.
  return Math.min(largest, Math.floor(Math.sqrt(pixels) + 0.5));
}

/**
 * Least-squares line through the samples, or undefined when they hold fewer than two different pixel counts:
 * no line follows from those. The slope is whatever the samples say; a calibration refuses one that is not positive.
 */
export function fitServiceTimeModel(samples: readonly ServiceTimeSample[]): ServiceTimeFit | undefined {
  const meanPixels = meanOf(samples, (sample) => sample.pixels);
  const meanSeconds = meanOf(samples, (sample) => sample.seconds);
  let pixelSpread = 0;
  let secondSpread = 0;
  let joint = 0;
  for (const sample of samples) {
    const pixelOffset = sample.pixels - meanPixels;
    const secondOffset = sample.seconds - meanSeconds;
    pixelSpread += pixelOffset * pixelOffset;
    secondSpread += secondOffset * secondOffset;
    joint += pixelOffset * secondOffset;
  }
  if (samples.length < 2 || pixelSpread === 0) return undefined;
  const secondsPerPixel = joint / pixelSpread;
  const rSquared = secondSpread === 0 ? 1 : (joint * joint) / (pixelSpread * secondSpread);
  return { model: { secondsPerPixel, fixedSeconds: meanSeconds - secondsPerPixel * meanPixels }, rSquared };
}

function meanOf(samples: readonly ServiceTimeSample[], value: (sample: ServiceTimeSample) => number): number {
  return samples.reduce((sum, sample) => sum + value(sample), 0) / samples.length;
}
