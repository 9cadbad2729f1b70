import { join } from 'node:path';
import { Command } from 'commander';
import { InvalidPolicyFile, readPolicyFile } from '../../autoscaler/training/comparison/policy-file.ts';
import { OtherLayers } from '../../autoscaler/training/gradient-learner.ts';
import { DEFAULT_GRADIENT_SETTINGS } from '../../autoscaler/training/gradient-training.ts';
import type { GradientTrainingSettings } from '../../autoscaler/training/gradient-training.ts';
import { RunFolderRefused } from '../../autoscaler/training/run-folder.ts';
import {
  DEFAULT_GRADIENT_PLAN,
  gradientConfigIn,
  trainGradient,
} from '../../autoscaler/training/train-gradient.ts';
import type { GradientConfig } from '../../autoscaler/training/train-gradient.ts';
import { DISPATCH_ORDERS } from '../../shared/farm/dispatch-order.ts';
import type { DispatchOrder } from '../../shared/farm/dispatch-order.ts';
import type { DenseLayer } from '../../shared/policy/dense-layer.ts';
import { readHistoryNetwork } from '../../shared/policy/history-network-model.ts';
import type { PolicyFile } from '../../shared/policy/policy-file.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { oneOf } from '../laboratory/options.ts';
import { RunProgress } from '../laboratory/progress.ts';
import { finishRun } from '../laboratory/finished-run.ts';
import { originOf, stamp, untilInterrupted } from '../laboratory/training-origin.ts';
import { number, wholeNumber } from '../option-values.ts';
import { Output } from '../output.ts';
import { FARMHAND } from '../wording.ts';

type Changeable = Pick<GradientTrainingSettings, 'seed' | 'updates' | 'episodes' | 'mixedShare'>;

interface GradientOptions extends Changeable {
  readonly dispatch: DispatchOrder;
  readonly actions: number;
  readonly firstSpread?: number;
  readonly learningRate?: number;
  readonly goalQos: number;
  readonly threads: number;
  readonly start?: string;
  readonly out?: string;
  readonly outputDir?: string;
  readonly resume?: string;
}

const EXAMPLES = `
Examples:
  $ ${FARMHAND} train gradient --dispatch triage --actions 1 --out my-policy.json
  $ ${FARMHAND} train gradient --resume runs/gradient-2026-01-31-10-00-00`;

export function gradientCommand(): Command {
  const many = wholeNumber(0, 100_000);
  const { seed, updates, episodes, mixedShare, targetMissedPercent } = DEFAULT_GRADIENT_SETTINGS;
  return new Command('gradient')
    .description('A network that remembers what arrived, by policy gradients: where no load is announced')
    .option('--dispatch <order>', DISPATCH_ORDERS.join(', '), oneOf(DISPATCH_ORDERS), 'triage')
    .option('--actions <limit>', 'most workers added or removed in one step', wholeNumber(1, 64), 1)
    .option('--seed <number>', 'the same seed makes the same policy', wholeNumber(0, 2 ** 31), seed)
    .option('--updates <count>', 'steps of learning; 0 only moves the safety of a start', many, updates)
    .option('--episodes <count>', 'to each of them', wholeNumber(1, 10_000), episodes)
    .option('--mixed-share <share>', 'of the episodes: workloads of any size', number(0, 1), mixedShare)
    .option('--first-spread <workers>', 'how far pools are tried at first, in √load', number(0.01, 2))
    .option('--learning-rate <size>', 'step size of Adam at first; it falls to a twentieth', number(1e-6, 1))
    .option('--start <file>', 'a policy file of this learner to set out from, instead of chance')
    .option('--goal-qos <percent>', 'to reach with few workers', number(50, 99.99), 100 - targetMissedPercent)
    .option('--threads <count>', 'how long it takes; the policy is the same', wholeNumber(1, 64), 2)
    .option('--out <file>', 'write the policy here as well')
    .option('--output-dir <folder>', 'of the run (default: runs/gradient-<time>)')
    .option('--resume <folder>', 'go on with the run that it holds, by its own settings')
    .addHelpText('after', EXAMPLES)
    .action(run);
}

/** What is wrong with what was asked for, not with the program. */
const REFUSALS = [RunFolderRefused, InvalidPolicyFile, OtherLayers] as const;

async function run(options: GradientOptions): Promise<void> {
  const folder = options.resume ?? options.outputDir ?? join('runs', `gradient-${stamp(new Date())}`);
  const interrupt = untilInterrupted();
  try {
    await train(options, folder, interrupt.signal);
  } catch (error) {
    if (!REFUSALS.some((refusal) => error instanceof refusal) || !(error instanceof Error)) throw error;
    throw new CommandError(error.message, EXIT.usage, { cause: error });
  } finally {
    interrupt.forget();
  }
}

async function train(options: GradientOptions, folder: string, signal: AbortSignal): Promise<void> {
  const output = new Output(false);
  const config = options.resume === undefined ? configOf(options) : gradientConfigIn(folder);
  const startedMs = performance.now();
  const document = await withProgress(config, output, (onUpdate) =>
    trainGradient({
      ...{ config, folder, signal, isResumed: options.resume !== undefined },
      threads: options.threads,
      clock: () => performance.now() / 1000,
      onUpdate,
    }),
  );
  const tookSeconds = (performance.now() - startedMs) / 1000;
  await finishRun({ folder, document, out: options.out, tookSeconds, threads: options.threads, output });
}

type Learn = (onUpdate: (report: { readonly update: number }) => void) => Promise<PolicyFile | undefined>;

async function withProgress(
  { name, settings }: GradientConfig,
  output: Output,
  learn: Learn,
): Promise<PolicyFile | undefined> {
  const progress = new RunProgress(output, `training ${name}, updates`, settings.updates);
  try {
    return await learn(({ update }) => {
      progress.reach(update);
    });
  } finally {
    progress.end();
  }
}

function configOf(options: GradientOptions): GradientConfig {
  const { dispatch, actions, seed, updates, episodes, mixedShare, goalQos } = options;
  const { firstSpread, learningRate } = { ...DEFAULT_GRADIENT_SETTINGS, ...options };
  const start = options.start === undefined ? undefined : startFrom(options.start);
  const targetMissedPercent = Number((100 - goalQos).toFixed(6));
  return {
    kind: 'gradient',
    name: `farmhand-${dispatch}-${String(actions)}-unannounced`,
    rules: { dispatch, stepLimit: actions, announced: false },
    settings: {
      ...DEFAULT_GRADIENT_SETTINGS,
      ...{ seed, updates, episodes, mixedShare, firstSpread, learningRate, targetMissedPercent },
    },
    plan: DEFAULT_GRADIENT_PLAN,
    origin: originOf(commandOf(options), start?.provenance),
    ...(start === undefined ? {} : { start: start.layers }),
  };
}

interface Start {
  readonly layers: readonly DenseLayer[];
  readonly provenance: PolicyFile['provenance'];
}

function startFrom(file: string): Start {
  const { model, observations, kind, provenance } = readPolicyFile(file);
  if (kind === 'history-network') {
    return { layers: readHistoryNetwork(model, observations).layers, provenance };
  }
  throw new CommandError(`Expected a history-network in ${file}; it holds ${kind}.`, EXIT.usage);
}

/** The command line that makes this policy again: what is not said is as it is by default. */
function commandOf({ dispatch, actions, seed, ...options }: GradientOptions): string {
  const words = [
    `farmhand train gradient --dispatch ${dispatch} --actions ${String(actions)} --seed ${String(seed)}`,
  ];
  const { updates, episodes, mixedShare, targetMissedPercent } = DEFAULT_GRADIENT_SETTINGS;
  if (options.updates !== updates) words.push(`--updates ${String(options.updates)}`);
  if (options.episodes !== episodes) words.push(`--episodes ${String(options.episodes)}`);
  if (options.mixedShare !== mixedShare) words.push(`--mixed-share ${String(options.mixedShare)}`);
  if (options.firstSpread !== undefined) words.push(`--first-spread ${String(options.firstSpread)}`);
  if (options.learningRate !== undefined) words.push(`--learning-rate ${String(options.learningRate)}`);
  if (options.start !== undefined) words.push(`--start ${options.start}`);
  if (options.goalQos !== 100 - targetMissedPercent) words.push(`--goal-qos ${String(options.goalQos)}`);
  return words.join(' ');
}
