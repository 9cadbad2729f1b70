import type { Command } from 'commander';
import { imageStages } from '../../shared/farm/image-options.ts';
import type { ImageStage } from '../../shared/farm/image-options.ts';
import { ServiceModelStore } from '../../shared/io/redis/service-models.ts';
import type { Work } from '../../worker/tasks/task-type.ts';
import {
  calibrationFile,
  describeMachine,
  fitModels,
  serviceModels,
  writeCalibration,
} from '../calibration.ts';
import type { Calibration, ImageTrial } from '../calibration.ts';
import { wholeNumber } from '../option-values.ts';
import type { Output } from '../output.ts';
import type { ProgressBar } from '../progress-bar.ts';
import { findRunningFarm, withFarm } from '../running-farm.ts';
import { duration, table } from '../wording.ts';
import { farmCommand, outputOf } from './common.ts';
import type { CommonOptions } from './common.ts';

interface CalibrateOptions extends CommonOptions {
  readonly trials: number;
}

/** The range over which the publication calibrated. */
const SIDES_PIXELS = [512, 1024, 1536, 2048, 3072, 4096] as const;

export function calibrateCommand(): Command {
  return farmCommand('calibrate', 'Measure the image work on this machine, and fit the service-time models', [
    'calibrate',
    'calibrate --trials 9 --json',
  ])
    .option('--trials <count>', 'runs of each size', wholeNumber(5, 100), 5)
    .addHelpText(
      'after',
      '\nExpected service times, and the deadlines that follow from them, come from these models. A farm that runs' +
        '\ntakes them over within ten seconds, one that is started later reads them from the file.',
    )
    .action(calibrate);
}

async function calibrate(options: CalibrateOptions): Promise<void> {
  const output = outputOf(options);
  const trials = await runTrials(options.trials, output);
  const calibration: Calibration = {
    at: new Date().toISOString(),
    machine: describeMachine(),
    models: fitModels(trials),
    trials,
  };
  writeCalibration(calibration);
  const applied = await applyToFarm(options.farm, calibration);
  output.document({ ...calibration, file: calibrationFile(), appliedTo: applied ? options.farm : undefined });
  print(calibration, output);
  output.line(
    `Written to ${calibrationFile()}${applied ? ` and taken over by the farm ${options.farm}` : ''}.`,
  );
}

async function runTrials(count: number, output: Output): Promise<Calibration['trials']> {
  // Loaded only here: the other commands need no image library.
  const { work } = (await import('../../worker/tasks/image.ts')) as { readonly work: Work };
  const { samplePicture } = await import('../sample-images.ts');
  const bar = output.bar('calibrating', SIDES_PIXELS.length * (2 * count + 1));
  const all: ImageTrial[] = [];
  const thumbnailAlone: ImageTrial[] = [];
  const pictures = new Map<number, Buffer>();
  for (const side of SIDES_PIXELS)
    pictures.set(side, await samplePicture({ widthPixels: side, heightPixels: side }));
  // Size after size, and all of them again: a disturbance hits all sizes alike. The first round warms up.
  for (let round = 0; round <= count; round += 1) {
    for (const [side, body] of pictures) {
      const trial = await oneTrial(work, { side, body, stages: imageStages }, bar);
      if (round === 0) continue;
      all.push(trial);
      thumbnailAlone.push(await oneTrial(work, { side, body, stages: ['thumbnail'] }, bar));
    }
  }
  bar.clear();
  return { all, thumbnailAlone };
}

interface TrialInput {
  readonly side: number;
  readonly body: Buffer;
  readonly stages: readonly ImageStage[];
}

async function oneTrial(
  work: Work,
  { side, body, stages }: TrialInput,
  bar: ProgressBar,
): Promise<ImageTrial> {
  const input = { taskId: 'calibration', type: 'image', expectedServiceSeconds: 1 };
  const { signal } = new AbortController();
  const startedMs = performance.now();
  const { summary } = await work({ ...input, options: { stages: [...stages] }, body, signal });
  const seconds = (performance.now() - startedMs) / 1000;
  bar.add(1, `${side} px`);
  const stageSeconds = summary['stageSeconds'] as Readonly<Record<string, number>>;
  return { sidePixels: side, pixels: side * side, seconds, stageSeconds };
}

async function applyToFarm(farm: string, calibration: Calibration): Promise<boolean> {
  if (findRunningFarm(farm) === undefined && !process.env['REDIS_URL']) return false;
  await withFarm(farm, async ({ store }) => new ServiceModelStore(store).write(serviceModels(calibration)));
  return true;
}

function print({ machine, models, trials }: Calibration, output: Output): void {
  output.line(`${machine.processor}, ${machine.cores} cores, Node ${machine.node}`);
  output.line();
  output.line('Medians, all stages on one core:');
  const stages = ['header', 'decode', ...imageStages];
  const rows = SIDES_PIXELS.map((side) => {
    const of = trials.all.filter(({ sidePixels }) => sidePixels === side);
    const cells = stages.map((stage) =>
      duration(median(of.map(({ stageSeconds }) => stageSeconds[stage] ?? 0))),
    );
    return [`  ${side} px`, duration(median(of.map(({ seconds }) => seconds))), ...cells];
  });
  for (const line of table([['  SIDE', 'WHOLE', ...stages.map((stage) => stage.toUpperCase())], ...rows])) {
    output.line(line);
  }
  output.line();
  output.line('Models, seconds = a · pixels + b:');
  const fitted = Object.entries(models).map(([name, { secondsPerPixel, fixedSeconds, rSquared }]) => [
    `  ${name}`,
    secondsPerPixel.toExponential(3),
    fixedSeconds.toFixed(5),
    rSquared.toFixed(4),
  ]);
  for (const line of table([['  STAGES', 'A', 'B', 'R²'], ...fitted])) output.line(line);
}

function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
