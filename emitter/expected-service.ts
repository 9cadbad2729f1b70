import { imageStages } from '../shared/farm/image-options.ts';
import type { ImageStage } from '../shared/farm/image-options.ts';
import type { ServiceModels } from '../shared/io/schemas/service-models.ts';
import { expectedServiceSeconds } from '../shared/workload/service-time-model.ts';
import type { ServiceTimeModel } from '../shared/workload/service-time-model.ts';
import type { AskedWork } from './asked-work.ts';

/**
 * What the parts of the image pipeline take where nothing was calibrated: JPEG in and out, medians of 7 at 512, 1024
 * and 2048 pixels a side (stageSeconds of worker/tasks/image.ts on a 2-core x86 machine, one process).
 */
const decoding = model(6.8e-9, 0.0022);
const stageModels: Readonly<Record<ImageStage, ServiceTimeModel>> = {
  thumbnail: model(1.2e-9, 0.0026),
  compression: model(4.9e-9, 0.0009),
  metadata: model(4.8e-9, 0),
  conversion: model(1.05e-8, 0.0004),
};
/** A thumbnail alone is shrunk while it is decoded. */
const thumbnailAlone = model(3.5e-9, 0.0045);

/** A type of which nothing is known: long enough that its deadline is not absurd. */
const unknownWork = model(0, 1);

/** The name under which a calibration stores the model of a stage set. */
export function imageModelName(stages: readonly ImageStage[]): string {
  const ordered = imageStages.filter((stage) => stages.includes(stage));
  return ordered.length === imageStages.length ? 'image' : `image:${ordered.join(',')}`;
}

/** How long the work should take, by the farm's models where it has some. */
export function expectedSeconds(work: AskedWork, models: ServiceModels | undefined): number {
  switch (work.kind) {
    case 'stated':
      return work.seconds;
    case 'other':
      return expectedServiceSeconds(models?.[work.type] ?? unknownWork, work.pixels ?? 0);
    case 'image':
      return imageSeconds(work.stages, work.pixels, models);
  }
}

/** A stage set that was not calibrated by itself is scaled by how fast the machine does all stages. */
function imageSeconds(
  stages: readonly ImageStage[],
  pixels: number,
  models: ServiceModels | undefined,
): number {
  const own = models?.[imageModelName(stages)];
  if (own !== undefined) return expectedServiceSeconds(own, pixels);
  const byDefault = expectedServiceSeconds(defaultImageModel(stages), pixels);
  const whole = models?.['image'];
  if (whole === undefined) return byDefault;
  return (
    (byDefault * expectedServiceSeconds(whole, pixels)) /
    expectedServiceSeconds(defaultImageModel(imageStages), pixels)
  );
}

function defaultImageModel(stages: readonly ImageStage[]): ServiceTimeModel {
  if (stages.length === 1 && stages[0] === 'thumbnail') return thumbnailAlone;
  const parts = [decoding, ...stages.map((stage) => stageModels[stage])];
  const sum = (of: (part: ServiceTimeModel) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  return model(
    sum((part) => part.secondsPerPixel),
    sum((part) => part.fixedSeconds),
  );
}

function model(secondsPerPixel: number, fixedSeconds: number): ServiceTimeModel {
  return { secondsPerPixel, fixedSeconds };
}
