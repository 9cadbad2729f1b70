import { loadTensorflow } from '../tensorflow.ts';
import { DEFAULT_DQN, DQN_PLAN } from './dqn-defaults.ts';
import { DqnTraining } from './dqn-training.ts';
import type { DqnSettings } from './dqn-training.ts';
import { finishFolder, folderOf } from './kept-run.ts';
import type { KeptRunOptions } from './kept-run.ts';
import type { Learner } from './learner.ts';
import { learnedPolicy } from './learned-policy.ts';
import type { Origin } from './learned-policy.ts';
import { publishedSetup } from './published-setup.ts';
import type { LearningSetup, SetupChanges } from './published-setup.ts';
import { RunFolder } from './run-folder.ts';
import { DEFAULT_SARSA, SARSA_PLAN } from './sarsa-defaults.ts';
import { SarsaTraining } from './sarsa-training.ts';
import type { SarsaSettings } from './sarsa-training.ts';
import { drawStateVisits } from './state-visits.ts';
import { TrainingRun } from './training-run.ts';
import type { RunPlan, RunProgressReport } from './training-run.ts';

/** What all trainings understand. */
export interface TrainOptions<Settings> extends KeptRunOptions {
  /** Instead of the defaults. */
  readonly settings?: Partial<Settings>;
  readonly plan?: Partial<RunPlan>;
  /** What differs from the published set-up. */
  readonly changes?: SetupChanges;
  readonly origin: Origin;
  readonly onProgress?: (report: RunProgressReport) => void;
}

export interface DqnTrainOptions extends TrainOptions<DqnSettings> {
  /** Who computes the updates; `tensorflow` needs the package. */
  readonly backend?: DqnBackend;
}

/** TensorFlow.js (native where its library is there), or plain arrays, which do the same sums. */
export type DqnBackend = 'tensorflow' | 'plain';

/** A trained policy, as the content of its file. */
export type PolicyDocument = ReturnType<typeof learnedPolicy>;

/** TensorFlow.js was asked for and is not installed. */
export class TensorflowMissing extends Error {
  override readonly name = 'TensorflowMissing';
  constructor() {
    super(
      'Expected TensorFlow.js; it is not installed. Run npm ci, which brings the development packages, or train with --backend plain, which needs none.',
    );
  }
}

/** What a run is made of; its config.json. */
interface RunConfig<Settings> {
  readonly kind: 'sarsa' | 'dqn';
  readonly settings: Settings;
  readonly plan: RunPlan;
  readonly changes: SetupChanges;
  readonly backend?: DqnBackend;
  readonly origin: Origin;
}

/** Trains SARSA(λ) on the published set-up, in the simulator. */
export async function trainSarsa(options: TrainOptions<SarsaSettings>): Promise<PolicyDocument> {
  const config = {
    origin: options.origin,
    changes: options.changes ?? {},
    kind: 'sarsa',
    settings: { ...DEFAULT_SARSA, ...options.settings },
    plan: { ...SARSA_PLAN, ...options.plan },
  } as const;
  return train<SarsaSettings>(
    config,
    options,
    async (setup, { settings }) => new SarsaTraining(setup, settings),
  );
}

/** Trains Double DQN on the published set-up, in the simulator. */
export async function trainDqn(options: DqnTrainOptions): Promise<PolicyDocument> {
  const config = {
    origin: options.origin,
    changes: options.changes ?? {},
    kind: 'dqn',
    backend: options.backend ?? 'tensorflow',
    settings: { ...DEFAULT_DQN, ...options.settings },
    plan: { ...DQN_PLAN, ...options.plan },
  } as const;
  return train<DqnSettings>(config, options, async (setup, { settings, backend }) => {
    if (backend === 'plain') return new DqnTraining(setup, settings, undefined);
    const tensorflow = await loadTensorflow();
    if (tensorflow === undefined) throw new TensorflowMissing();
    return new DqnTraining(setup, settings, tensorflow);
  });
}

async function train<Settings extends SarsaSettings | DqnSettings>(
  asked: RunConfig<Settings>,
  options: TrainOptions<Settings>,
  makeLearner: (setup: LearningSetup, config: RunConfig<Settings>) => Promise<Learner>,
): Promise<PolicyDocument> {
  const startedMs = performance.now();
  const config = configOf(asked, options);
  const { plan, settings, origin } = config;
  const setup = publishedSetup(config.changes);
  const learner = await makeLearner(setup, config);
  const folder = folderOf(config, options);
  const { signal, onProgress } = options;
  const run = new TrainingRun({
    ...{ learner, setup, plan },
    ...(folder === undefined ? {} : { folder }),
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  try {
    if (options.isResumed === true) await run.resume();
    const best = await run.run();
    const durationSeconds = (performance.now() - startedMs) / 1000;
    const { backend } = learner;
    const document = learnedPolicy({
      ...{ kind: config.kind, setup, settings, plan, best, backend, origin, durationSeconds },
    });
    if (folder !== undefined) finishFolder(folder, `${JSON.stringify(document)}\n`);
    if (folder !== undefined && learner instanceof SarsaTraining) {
      folder.writeText('state-visits.svg', drawStateVisits(learner.model()));
    }
    return document;
  } finally {
    learner.dispose();
  }
}

/** A resumed run keeps the settings that it began with. */
function configOf<Settings>(
  asked: RunConfig<Settings>,
  { folder, isResumed }: TrainOptions<Settings>,
): RunConfig<Settings> {
  if (folder === undefined || isResumed !== true) return asked;
  return RunFolder.open(folder, asked.kind).config as RunConfig<Settings>;
}
