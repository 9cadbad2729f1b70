import { join } from 'node:path';
import { Command } from 'commander';
import { OtherBackend } from '../../autoscaler/training/q-trainer.ts';
import { RunFolderRefused } from '../../autoscaler/training/run-folder.ts';
import { TensorflowMissing, trainDqn, trainSarsa } from '../../autoscaler/training/train.ts';
import type { DqnBackend, PolicyDocument, TrainOptions } from '../../autoscaler/training/train.ts';
import { DEFAULT_DQN, DQN_PLAN } from '../../autoscaler/training/dqn-defaults.ts';
import { DEFAULT_SARSA, SARSA_PLAN } from '../../autoscaler/training/sarsa-defaults.ts';
import type { SetupChanges } from '../../autoscaler/training/published-setup.ts';
import { UnknownWorkload, workloadSource } from '../../autoscaler/training/workload-source.ts';
import type { RunPlan } from '../../autoscaler/training/training-run.ts';
import type { DEFAULT_PRICES } from '../../shared/control/reward.ts';
import { InvalidDiscretisation } from '../../shared/policy/discretisation.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { list, oneOf } from '../laboratory/options.ts';
import { RunProgress } from '../laboratory/progress.ts';
import { interrupted } from '../laboratory/finished-run.ts';
import { drawRun } from '../laboratory/run-pictures.ts';
import { writeText } from '../laboratory/text-file.ts';
import { originOf, stamp, untilInterrupted } from '../laboratory/training-origin.ts';
import { number, wholeNumber } from '../option-values.ts';
import { Output } from '../output.ts';
import { duration, FARMHAND } from '../wording.ts';
import { gradientCommand } from './train-gradient.ts';
import { networkCommand } from './train-network.ts';

/** What both learners understand. */
interface CommonTrainOptions {
  readonly episodes: number;
  readonly workload: string;
  readonly initialWorkers?: number;
  readonly stepDuration?: number;
  readonly maxSteps?: number;
  readonly seed: number;
  readonly gamma: number;
  readonly reward: 'paper' | 'farmhand';
  readonly missPrice: number;
  readonly actionPrice: number;
  readonly checkpointEvery: number;
  readonly evalEpisodes: number;
  readonly patience: number;
  readonly goalQos: number;
  readonly outputDir?: string;
  readonly resume?: string;
  readonly policy?: string;
}

interface SarsaOptions extends CommonTrainOptions {
  readonly alpha: number;
  readonly alphaMin: number;
  readonly epsilon: number;
  readonly epsilonMin: number;
  readonly traceLambda: number;
  readonly traceThreshold: number;
  readonly bins?: SarsaBins;
}

type SarsaBins = typeof DEFAULT_SARSA.bins;

interface DqnOptions extends CommonTrainOptions {
  readonly backend: DqnBackend;
  readonly learningRate: number;
  readonly learningRateMin: number;
  readonly epsilonStart: number;
  readonly epsilonEnd: number;
  readonly epsilonShare: number;
  readonly batchSize: number;
  readonly replayCapacity: number;
  readonly warmupSteps: number;
  readonly trainEvery: number;
  readonly targetUpdate: number;
  readonly targetTau: number;
  readonly maxGradNorm: number;
  readonly hiddenLayers: readonly number[];
}

/** Trains a policy in the simulator. */
export function trainCommand(): Command {
  return new Command('train')
    .description('Train a policy in the simulator, and write it as a policy file')
    .addCommand(sarsaCommand())
    .addCommand(dqnCommand())
    .addCommand(networkCommand())
    .addCommand(gradientCommand());
}

const many = wholeNumber(1, 100_000_000);
const share = number(0, 1);

function sarsaCommand(): Command {
  const command = new Command('sarsa').description('SARSA(λ) on the nine published observations');
  return common(command, DEFAULT_SARSA, SARSA_PLAN)
    .addHelpText('after', examplesOf('sarsa'))
    .option('--alpha <rate>', 'step size at the beginning', share, DEFAULT_SARSA.alpha)
    .option('--alpha-min <rate>', 'step size at the end', share, DEFAULT_SARSA.alphaEnd)
    .option('--epsilon <share>', 'actions by chance at the beginning', share, DEFAULT_SARSA.epsilon)
    .option('--epsilon-min <share>', 'actions by chance at the end', share, DEFAULT_SARSA.epsilonEnd)
    .option('--trace-lambda <share>', 'how far credit reaches back', share, DEFAULT_SARSA.traceLambda)
    .option('--trace-threshold <size>', 'traces below are forgotten', share, DEFAULT_SARSA.traceThreshold)
    .option('--bins <cuts>', 'where quantities are cut, such as "workers:9,12,15;waitingTasks:1,10"', bins)
    .action(runSarsa);
}

function dqnCommand(): Command {
  const command = new Command('dqn').description('Double DQN on the nine published observations');
  return common(command, DEFAULT_DQN, DQN_PLAN)
    .addHelpText('after', examplesOf('dqn'))
    .option(
      '--backend <who>',
      'tensorflow or plain: who computes',
      oneOf(['tensorflow', 'plain']),
      'tensorflow',
    )
    .option('--learning-rate <rate>', "Adam's, at the beginning", share, DEFAULT_DQN.learningRate)
    .option('--learning-rate-min <rate>', "Adam's, at the end", share, DEFAULT_DQN.learningRateEnd)
    .option('--epsilon-start <share>', 'actions by chance at the beginning', share, DEFAULT_DQN.epsilonStart)
    .option('--epsilon-end <share>', 'actions by chance at the end', share, DEFAULT_DQN.epsilonEnd)
    .option('--epsilon-share <share>', 'of the run, until then', share, DEFAULT_DQN.epsilonShare)
    .option('--batch-size <steps>', 'to one update', many, DEFAULT_DQN.batchSize)
    .option('--replay-capacity <steps>', 'that are remembered', many, DEFAULT_DQN.replayCapacity)
    .option('--warmup-steps <steps>', 'before the first update', many, DEFAULT_DQN.warmupSteps)
    .option('--train-every <steps>', 'to one update', many, DEFAULT_DQN.trainEvery)
    .option('--target-update <updates>', 'to one move of the target network', many, DEFAULT_DQN.targetUpdate)
    .option('--target-tau <share>', 'how far it moves; 1 copies', share, DEFAULT_DQN.targetTau)
    .option('--max-grad-norm <length>', 'of the gradient', number(0, 1e9), DEFAULT_DQN.maxGradNorm)
    .option('--hidden-layers <neurons>', 'such as 128,64', layers, DEFAULT_DQN.hiddenLayers)
    .action(runDqn);
}

function examplesOf(name: string): string {
  return `
Examples:
  $ ${FARMHAND} train ${name} --policy my-policy.json
  $ ${FARMHAND} train ${name} --workload my-load.json --episodes 2000 --output-dir runs/mine
  $ ${FARMHAND} train ${name} --resume runs/mine`;
}

function common(
  command: Command,
  settings: { readonly seed: number; readonly gamma: number; readonly prices: typeof DEFAULT_PRICES },
  plan: RunPlan,
): Command {
  const { missedWorkerSeconds, actionWorkerSeconds } = settings.prices;
  const price = number(0, 1e6);
  return command
    .option('--episodes <count>', 'to learn from', many, plan.episodes)
    .option('--workload <name>', 'a name, or a workload file (.json) or trace (.csv)', 'paper')
    .option('--step-duration <seconds>', "instead of the load's", number(0.1, 3600))
    .option('--max-steps <count>', "of an episode, instead of the load's", many)
    .option('--initial-workers <count>', "instead of the load's 12", wholeNumber(1, 32))
    .option('--seed <number>', 'the same seed makes the same policy', wholeNumber(0, 2 ** 31), settings.seed)
    .option('--gamma <share>', 'discount a step', share, settings.gamma)
    .option('--reward <name>', 'farmhand or paper', oneOf(['farmhand', 'paper']), 'farmhand')
    .option('--miss-price <worker-seconds>', 'of a missed deadline', price, missedWorkerSeconds)
    .option('--action-price <worker-seconds>', 'of a worker added or removed', price, actionWorkerSeconds)
    .option('--checkpoint-every <episodes>', 'judged on the selection seeds', many, plan.checkpointEvery)
    .option('--eval-episodes <count>', 'of the selection seeds', wholeNumber(1, 9999), plan.evalEpisodes)
    .option(
      '--patience <checkpoints>',
      'without a better one; 0 for no end',
      wholeNumber(0, 9999),
      plan.patience,
    )
    .option(
      '--goal-qos <percent>',
      'the cheapest policy that reaches it is kept',
      number(0, 100),
      plan.goal.qosPercent,
    )
    .option('--output-dir <folder>', 'of the run (default: runs/<learner>-<time>)')
    .option('--resume <folder>', 'go on with the run that it holds, by its own settings')
    .option('--policy <file>', 'write the policy here as well');
}

async function runSarsa(options: SarsaOptions): Promise<void> {
  const { alpha, alphaMin, epsilon, epsilonMin, traceLambda, traceThreshold } = options;
  const settings = {
    ...commonSettings(options, DEFAULT_SARSA.prices),
    ...{ alpha, alphaEnd: alphaMin, epsilon, epsilonEnd: epsilonMin, traceLambda, traceThreshold },
    bins: options.bins ?? DEFAULT_SARSA.bins,
  };
  await run('sarsa', options, SARSA_PLAN, async (how) => trainSarsa({ ...how, settings }));
}

async function runDqn(options: DqnOptions): Promise<void> {
  const { learningRate, learningRateMin, epsilonStart, epsilonEnd, epsilonShare, backend } = options;
  const { batchSize, replayCapacity, warmupSteps, trainEvery, hiddenLayers } = options;
  const { targetUpdate, targetTau, maxGradNorm } = options;
  const settings = {
    ...commonSettings(options, DEFAULT_DQN.prices),
    ...{ learningRate, learningRateEnd: learningRateMin, epsilonStart, epsilonEnd, epsilonShare },
    ...{ batchSize, replayCapacity, warmupSteps, trainEvery, hiddenLayers },
    ...{ targetUpdate, targetTau, maxGradNorm },
  };
  await run('dqn', options, DQN_PLAN, async (how) => trainDqn({ ...how, settings, backend }));
}

function commonSettings(options: CommonTrainOptions, prices: typeof DEFAULT_PRICES) {
  const { seed, gamma, reward, missPrice, actionPrice } = options;
  const ours = { missedWorkerSeconds: missPrice, actionWorkerSeconds: actionPrice };
  return { seed, gamma, reward, prices: { ...prices, ...ours } };
}

type Trainer = (how: Omit<TrainOptions<never>, 'settings'>) => Promise<PolicyDocument>;

async function run(name: string, options: CommonTrainOptions, plan: RunPlan, train: Trainer): Promise<void> {
  const output = new Output(false);
  const folder = options.resume ?? options.outputDir ?? join('runs', `${name}-${stamp(new Date())}`);
  const interrupt = untilInterrupted();
  const progress = new RunProgress(output, `training ${name}`, options.episodes);
  const startedMs = performance.now();
  try {
    const document = await train({
      ...{ folder, isResumed: options.resume !== undefined, signal: interrupt.signal },
      changes: changesOf(options),
      origin: originOf(['farmhand', ...process.argv.slice(2)].join(' ')),
      plan: planOf(options, plan),
      // A resumed run has a length of its own.
      onProgress: ({ episodes, total }) => {
        progress.reach(episodes, total);
      },
    });
    progress.end();
    if (options.policy !== undefined) await writeText(options.policy, `${JSON.stringify(document)}\n`);
    output.line(`${describe(document)} after ${duration((performance.now() - startedMs) / 1000)}`);
    if (!interrupt.signal.aborted) {
      await drawRun(folder, { threads: 1, output });
      output.line(`Everything is in ${folder}.`);
    }
  } catch (error) {
    throw refusal(error);
  } finally {
    progress.end();
    interrupt.forget();
  }
  if (interrupt.signal.aborted) throw interrupted(folder);
}

/** What the person can mend is said in a line; everything else keeps its stack. */
function refusal(error: unknown): unknown {
  const mendable = [
    UnknownWorkload,
    RunFolderRefused,
    InvalidDiscretisation,
    TensorflowMissing,
    OtherBackend,
  ];
  if (!(error instanceof Error) || !mendable.some((kind) => error instanceof kind)) return error;
  return new CommandError(error.message, EXIT.usage, { cause: error });
}

function changesOf({ workload, initialWorkers, stepDuration, maxSteps }: CommonTrainOptions): SetupChanges {
  return {
    source: workloadSource(workload),
    ...(initialWorkers === undefined ? {} : { initialWorkers }),
    ...(stepDuration === undefined ? {} : { stepSeconds: stepDuration }),
    ...(maxSteps === undefined ? {} : { steps: maxSteps }),
  };
}

function planOf(options: CommonTrainOptions, plan: RunPlan): Partial<RunPlan> {
  const { episodes, checkpointEvery, evalEpisodes, patience, goalQos } = options;
  return { episodes, checkpointEvery, evalEpisodes, patience, goal: { ...plan.goal, qosPercent: goalQos } };
}

function describe(document: PolicyDocument): string {
  const [score] = document['scores'] as readonly Readonly<Record<string, unknown>>[];
  const { qosPercent, meanWorkers, scalingActions } = score ?? {};
  return `${String(qosPercent)} % QoS at ${String(meanWorkers)} workers, ${String(scalingActions)} actions, on the selection seeds`;
}

function layers(text: string): readonly number[] {
  return list(text).map(wholeNumber(1, 4096));
}

function bins(text: string): SarsaBins {
  return text.split(';').map((part) => {
    const [name = '', edges = ''] = part.split(':');
    return { name: name.trim(), edges: list(edges).map(number(-Infinity, Infinity)) };
  });
}
