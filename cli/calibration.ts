import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { imageStages } from '../shared/farm/image-options.ts';
import type { ImageStage } from '../shared/farm/image-options.ts';
import { serviceModelsSchema } from '../shared/io/schemas/service-models.ts';
import type { ServiceModels } from '../shared/io/schemas/service-models.ts';
import { fitServiceTimeModel } from '../shared/workload/service-time-model.ts';
import { CommandError } from './exit-codes.ts';
import { farmsFolder } from './local/state-folder.ts';

/** One run of the image work: what it took, and what of it its stages took. */
export interface ImageTrial {
  readonly sidePixels: number;
  readonly pixels: number;
  readonly seconds: number;
  readonly stageSeconds: Readonly<Record<string, number>>;
}

/** The runs of a calibration: of all stages together, and of the thumbnail alone, which is shrunk while it is decoded. */
export interface ImageTrials {
  readonly all: readonly ImageTrial[];
  readonly thumbnailAlone: readonly ImageTrial[];
}

export interface FittedModel {
  readonly secondsPerPixel: number;
  readonly fixedSeconds: number;
  readonly rSquared: number;
}

/** What a calibration found, by the name of the stage set. */
export interface Calibration {
  readonly at: string;
  readonly machine: { readonly processor: string; readonly cores: number; readonly node: string };
  readonly models: Readonly<Record<string, FittedModel>>;
  readonly trials: ImageTrials;
}

/** Fits a model to every set of stages: what a set takes is what all take together, less the stages that it lacks. */
export function fitModels(trials: ImageTrials): Readonly<Record<string, FittedModel>> {
  const models: Record<string, FittedModel> = {};
  for (const stages of stageSets()) {
    const alone = stages.length === 1 && stages[0] === 'thumbnail';
    const used = alone ? trials.thumbnailAlone : trials.all;
    const left = alone ? [] : imageStages.filter((stage) => !stages.includes(stage));
    const samples = used.map(({ pixels, seconds, stageSeconds }) => ({
      pixels,
      seconds: left.reduce((rest, stage) => rest - (stageSeconds[stage] ?? 0), seconds),
    }));
    const fit = fitServiceTimeModel(samples);
    if (fit === undefined || fit.model.secondsPerPixel <= 0) {
      throw new CommandError(
        'Expected larger pictures to take longer, but they did not. Calibrate again on a machine that is less busy.',
      );
    }
    models[modelName(stages)] = { ...fit.model, rSquared: fit.rSquared };
  }
  return models;
}

/** Every selection of stages, in the order of the pipeline. */
function stageSets(): readonly (readonly ImageStage[])[] {
  return imageStages
    .reduce<ImageStage[][]>((sets, stage) => [...sets, ...sets.map((set) => [...set, stage])], [[]])
    .filter((set) => set.length > 0);
}

function modelName(stages: readonly ImageStage[]): string {
  return stages.length === imageStages.length ? 'image' : `image:${stages.join(',')}`;
}

/** The models alone, as a farm keeps them. */
export function serviceModels({ models }: Pick<Calibration, 'models'>): ServiceModels {
  return Object.fromEntries(
    Object.entries(models).map(([name, { secondsPerPixel, fixedSeconds }]) => [
      name,
      { secondsPerPixel, fixedSeconds },
    ]),
  );
}

export function describeMachine(): Calibration['machine'] {
  const [first, ...others] = cpus();
  return { processor: first?.model ?? 'unknown', cores: others.length + 1, node: process.version };
}

export function calibrationFile(): string {
  return join(farmsFolder(), 'calibration.json');
}

export function writeCalibration(calibration: Calibration): void {
  mkdirSync(dirname(calibrationFile()), { recursive: true });
  writeFileSync(calibrationFile(), `${JSON.stringify(calibration, undefined, 2)}\n`);
}

/** What this machine was last calibrated to; undefined where it was not. */
export function readServiceModels(): ServiceModels | undefined {
  let text: string;
  try {
    text = readFileSync(calibrationFile(), 'utf8');
  } catch {
    return undefined;
  }
  const fields = z.object({
    models: z.record(z.string(), z.object({ secondsPerPixel: z.number(), fixedSeconds: z.number() })),
  });
  return serviceModelsSchema.parse(fields.parse(JSON.parse(text)).models);
}
