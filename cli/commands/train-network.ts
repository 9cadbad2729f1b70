import { join } from 'node:path';
import { Command } from 'commander';
import {
  DEFAULT_NETWORK_PLAN,
  defaultNetworkSettings,
  networkConfigIn,
  ONWARD_GENERATIONS,
  trainNetwork,
} from '../../autoscaler/training/train-network.ts';
import type { NetworkTrainingConfig } from '../../autoscaler/training/train-network.ts';
import { OtherGenome } from '../../autoscaler/training/network-search.ts';
import type { NetworkSearchSettings } from '../../autoscaler/training/network-search.ts';
import { InvalidPolicyFile, readPolicyFile } from '../../autoscaler/training/comparison/policy-file.ts';
import { RunFolderRefused } from '../../autoscaler/training/run-folder.ts';
import type { RolloutRules } from '../../autoscaler/training/rollout.ts';
import { DISPATCH_ORDERS } from '../../shared/farm/dispatch-order.ts';
import type { DispatchOrder } from '../../shared/farm/dispatch-order.ts';
import { readNetworkModel } from '../../shared/policy/network-model.ts';
import type { NetworkModel } from '../../shared/policy/network.ts';
import type { PolicyFile } from '../../shared/policy/policy-file.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { announcedOption, oneOf } from '../laboratory/options.ts';
import { RunProgress } from '../laboratory/progress.ts';
import { finishRun } from '../laboratory/finished-run.ts';
import { originOf, stamp, untilInterrupted } from '../laboratory/training-origin.ts';
import type { Interrupt } from '../laboratory/training-origin.ts';
import { number, wholeNumber } from '../option-values.ts';
import { Output } from '../output.ts';
import { FARMHAND } from '../wording.ts';

interface NetworkOptions extends Partial<Omit<NetworkSearchSettings, 'seed'>> {
  readonly dispatch: DispatchOrder;
  readonly actions: number;
  readonly announced: boolean;
  readonly seed: number;
  readonly checkpointEvery: number;
  readonly evalEpisodes: number;
  readonly patience: number;
  readonly adjustingEpisodes: number;
  readonly goalQos?: number;
  readonly threads: number;
  readonly start?: string;
  readonly out?: string;
  readonly outputDir?: string;
  readonly resume?: string;
  readonly all?: true;
}

const EXAMPLES = `
Examples:
  $ ${FARMHAND} train network --dispatch triage --actions 1 --announced yes --out my-policy.json
  $ ${FARMHAND} train network --resume runs/network-2026-01-31-10-00-00
  $ ${FARMHAND} train network --all --out autoscaler/policies`;

/** What makes another policy, beside the seed; in the order in which a command line has it. */
const MAKING = [
  ...(['constantGenerations', 'generations', 'episodes', 'mixedShare', 'paperShare', 'mostActions'] as const),
  ...(['checkpointEvery', 'evalEpisodes', 'patience', 'adjustingEpisodes', 'goalQos', 'start'] as const),
] as const;

const many = wholeNumber(0, 1_000_000);

export function networkCommand(): Command {
  const { checkpointEvery, evalEpisodes, patience, adjustingEpisodes } = DEFAULT_NETWORK_PLAN;
  const share = number(0, 1);
  return new Command('network')
    .description('A planning network on the farm’s own observations, by CMA-ES: the shipped policies')
    .option('--dispatch <order>', DISPATCH_ORDERS.join(', '), oneOf(DISPATCH_ORDERS), 'triage')
    .option('--actions <limit>', 'most workers added or removed in one step', wholeNumber(1, 64), 1)
    .addOption(announcedOption('whether it sees the planned rate of the next 60 s'))
    .option('--seed <number>', 'the same seed makes the same policy', wholeNumber(0, 2 ** 31), 1)
    .option('--out <file>', 'write the policy here as well; a folder with --all')
    .option('--all', 'one after the other: every dispatch order, step limit 1 and 4, announced and not')
    .option('--start <file>', 'a policy file of the same inputs to set out from, instead of plain guesses')
    .option('--constant-generations <count>', 'for the constants of outlook and plan alone', many)
    .option('--generations <count>', 'for everything, after those', many)
    .option(
      '--episodes <count>',
      'that each candidate meets; in the end twice as many',
      wholeNumber(1, 10_000),
    )
    .option('--mixed-share <share>', 'of the episodes: workloads of any size and shape', share)
    .option('--paper-share <share>', 'of the episodes: the published load', share)
    .option('--goal-qos <percent>', 'the cheapest policy that reaches it is kept', number(50, 99.99))
    .option('--most-actions <count>', 'of an episode of 30 steps', number(0, 30))
    .option(
      '--checkpoint-every <generations>',
      'judged on the selection seeds',
      wholeNumber(1, 1000),
      checkpointEvery,
    )
    .option('--eval-episodes <count>', 'of the selection seeds', wholeNumber(1, 2000), evalEpisodes)
    .option('--patience <checkpoints>', 'without a better one; 0 for no end', wholeNumber(0, 9999), patience)
    .option(
      '--adjusting-episodes <count>',
      'by which its safety is moved to the goal',
      wholeNumber(1, 2000),
      adjustingEpisodes,
    )
    .option('--threads <count>', 'how long it takes; the policy is the same', wholeNumber(1, 64), 2)
    .option('--output-dir <folder>', 'of the run (default: runs/network-<time>)')
    .option('--resume <folder>', 'go on with the run that it holds, by its own settings')
    .addHelpText('after', EXAMPLES)
    .action(run);
}

/** What is wrong with what was asked for, not with the program. */
const REFUSALS = [RunFolderRefused, InvalidPolicyFile, OtherGenome] as const;

async function run(options: NetworkOptions): Promise<void> {
  try {
    await train(options);
  } catch (error) {
    if (!REFUSALS.some((refusal) => error instanceof refusal) || !(error instanceof Error)) throw error;
    throw new CommandError(error.message, EXIT.usage, { cause: error });
  }
}

async function train(options: NetworkOptions): Promise<void> {
  const root = options.resume ?? options.outputDir ?? join('runs', `network-${stamp(new Date())}`);
  const interrupt = untilInterrupted();
  try {
    if (options.all === true) await trainAll(options, root, interrupt);
    else await trainOne(options, root, options.out, interrupt);
  } finally {
    interrupt.forget();
  }
}

async function trainAll(options: NetworkOptions, root: string, interrupt: Interrupt): Promise<void> {
  if (options.resume !== undefined) throw new CommandError('Expected --resume without --all.', EXIT.usage);
  for (const each of everyKind(options)) {
    const name = nameOf(each);
    await trainOne(each, join(root, name), join(options.out ?? root, `${name}.json`), interrupt);
  }
}

function everyKind(options: NetworkOptions): NetworkOptions[] {
  return DISPATCH_ORDERS.toReversed().flatMap((dispatch) =>
    [1, 4].flatMap((actions) =>
      [true, false].map((announced) => ({ ...options, dispatch, actions, announced })),
    ),
  );
}

/** As the shipped files are called. */
function nameOf({ dispatch, actions, announced }: RolloutNaming): string {
  return `farmhand-${dispatch}-${actions}-${announced ? 'announced' : 'unannounced'}`;
}

type RolloutNaming = Pick<NetworkOptions, 'dispatch' | 'actions' | 'announced'>;

async function trainOne(
  options: NetworkOptions,
  folder: string,
  out: string | undefined,
  interrupt: Interrupt,
): Promise<void> {
  const output = new Output(false);
  const config = options.resume === undefined ? configOf(options) : networkConfigIn(folder);
  const { constantGenerations, generations } = config.settings;
  const progress = new RunProgress(
    output,
    `training ${config.name}, generations`,
    constantGenerations + generations,
  );
  let document: PolicyFile | undefined;
  const startedMs = performance.now();
  try {
    document = await trainNetwork({
      ...{ config, folder, threads: options.threads, isResumed: options.resume !== undefined },
      signal: interrupt.signal,
      clock: () => performance.now() / 1000,
      onGeneration: ({ generation }) => {
        progress.reach(generation);
      },
    });
  } finally {
    progress.end();
  }
  const tookSeconds = (performance.now() - startedMs) / 1000;
  await finishRun({ folder, document, out, tookSeconds, threads: options.threads, output });
}

function configOf(options: NetworkOptions): NetworkTrainingConfig {
  const { dispatch, actions, announced, seed, start: startFile, goalQos } = options;
  const rules: RolloutRules = { dispatch, stepLimit: actions, announced };
  const { checkpointEvery, evalEpisodes, patience, adjustingEpisodes } = options;
  const start = startFile === undefined ? undefined : startFrom(startFile);
  return {
    kind: 'network',
    name: nameOf(options),
    rules,
    settings: {
      ...defaultNetworkSettings(rules),
      ...(start === undefined ? {} : { constantGenerations: 0, generations: ONWARD_GENERATIONS }),
      ...searchSettings(options),
      ...(goalQos === undefined ? {} : { targetMissedPercent: 100 - goalQos }),
      seed,
    },
    plan: { ...DEFAULT_NETWORK_PLAN, checkpointEvery, evalEpisodes, patience, adjustingEpisodes },
    origin: originOf(commandOf(options), start?.provenance),
    ...(start === undefined ? {} : { start: start.model }),
  };
}

function searchSettings(options: NetworkOptions): Partial<NetworkSearchSettings> {
  const { constantGenerations, generations, episodes, mixedShare, paperShare, mostActions } = options;
  const asked = { constantGenerations, generations, episodes, mixedShare, paperShare, mostActions };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

interface Start {
  readonly model: NetworkModel;
  readonly provenance: PolicyFile['provenance'];
}

function startFrom(file: string): Start {
  const { model, observations, stepLimit, kind, provenance } = readPolicyFile(file);
  if (kind !== 'network')
    throw new CommandError(`Expected a network in ${file}; it holds ${kind}.`, EXIT.usage);
  return { model: readNetworkModel(model, { observations, stepLimit }), provenance };
}

/** The command line that makes this one policy again, also where many are made. */
function commandOf(options: NetworkOptions): string {
  const { dispatch, actions, announced, seed } = options;
  const words = [
    `farmhand train network --dispatch ${dispatch} --actions ${actions}`,
    `--announced ${announced ? 'yes' : 'no'} --seed ${seed}`,
  ];
  const plan: Readonly<Record<string, unknown>> = { ...DEFAULT_NETWORK_PLAN };
  for (const name of MAKING) {
    const value = options[name];
    if (value === undefined || value === plan[name]) continue;
    words.push(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${value}`);
  }
  return words.join(' ');
}
