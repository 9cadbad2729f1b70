import { setImmediate } from 'node:timers/promises';
import type { DenseLayer } from '../../shared/policy/dense-layer.ts';
import { HISTORY_INPUTS } from '../../shared/policy/history-inputs.ts';
import { historyNetworkPolicy } from '../../shared/policy/history-network.ts';
import type { HistoryNetworkModel } from '../../shared/policy/history-network.ts';
import { encodePolicyFile } from '../../shared/policy/policy-file.ts';
import type { PolicyFile } from '../../shared/policy/policy-file.ts';
import { meanOf } from './candidate-score.ts';
import type { MeanScore } from './candidate-score.ts';
import { GUESS_PER_WORKER } from './explored-episodes.ts';
import { GradientCrew } from './gradient-crew.ts';
import { GRADIENT_SEEDS } from './gradient-slice.ts';
import { GradientTraining, sliceTaskOf } from './gradient-training.ts';
import type { GradientTrainingSettings, GradientTrainingState, UpdateReport } from './gradient-training.ts';
import { finishFolder, folderOf } from './kept-run.ts';
import type { KeptRunOptions } from './kept-run.ts';
import { originFields } from './learned-policy.ts';
import type { Origin } from './learned-policy.ts';
import { FIRST_SCORING_SEED, SELECTION_SEEDS } from './network-selection.ts';
import { Rollouts } from './rollout.ts';
import type { RolloutRules } from './rollout.ts';
import { RunFolder } from './run-folder.ts';
import { rounded, scoreOf, STEP_RANGE } from './network-file.ts';

/** How a run is cut, and judged. Plain data: a run folder keeps it. */
export interface GradientRunPlan {
  /** Updates to a checkpoint. */
  readonly checkpointEvery: number;
  /** Episodes of the selection seeds by which each checkpoint is judged. */
  readonly evalEpisodes: number;
  /** Episodes of the selection seeds by which the safety of the result is adjusted. */
  readonly adjustingEpisodes: number;
  /** Episodes of the scoring seeds, which tell what the result is worth. */
  readonly scoringEpisodes: number;
}

export const DEFAULT_GRADIENT_PLAN: GradientRunPlan = {
  checkpointEvery: 20,
  evalEpisodes: 300,
  adjustingEpisodes: 2000,
  scoringEpisodes: 600,
};

/** Everything that a training by policy gradients depends on; its config.json. */
export interface GradientConfig {
  readonly kind: 'gradient';
  readonly name: string;
  readonly rules: RolloutRules;
  readonly settings: GradientTrainingSettings;
  readonly plan: GradientRunPlan;
  readonly origin: Origin;
  /** Layers of a policy to set out from, instead of weights drawn by chance. */
  readonly start?: readonly DenseLayer[];
}

export interface TrainGradientOptions extends KeptRunOptions {
  readonly config: GradientConfig;
  /** Threads that meet episodes and learn from them: how many there are changes nothing but the time it takes. */
  readonly threads: number;
  /** Seconds from any moment on: how long it took is written down. */
  readonly clock: () => number;
  readonly onUpdate?: (report: UpdateReport) => void;
}

/** What a checkpoint holds. */
interface SavedGradientRun {
  readonly training: GradientTrainingState;
  /** Spent until then, by this run and those that it goes on from. */
  readonly seconds: number;
}

/**
 * Learns a policy that remembers what arrived, for one dispatch order and step limit, where no load is announced. The
 * same config gives the same weights. Undefined where it was stopped; the folder then holds a state to go on from.
 */
export async function trainGradient(options: TrainGradientOptions): Promise<PolicyFile | undefined> {
  const { settings, rules, start } = options.config;
  const folder = folderOf(options.config, options);
  const crew = new GradientCrew(sliceTaskOf(settings, rules), options.threads);
  try {
    const training = new GradientTraining(settings, rules, crew, start);
    return await runTraining(training, folder, options);
  } finally {
    await crew.end();
  }
}

async function runTraining(
  training: GradientTraining,
  folder: RunFolder | undefined,
  { config, clock, signal, isResumed, onUpdate }: TrainGradientOptions,
): Promise<PolicyFile | undefined> {
  const { rules, plan, settings } = config;
  const judging = new Rollouts(rules);
  const startedAt = clock();
  const earlier = isResumed === true ? resumed(training, folder) : 0;
  const seconds = (): number => earlier + clock() - startedAt;
  const save = (): void => {
    const state = training.state();
    const saved: SavedGradientRun = { training: state, seconds: seconds() };
    folder?.saveState({ episodes: state.episodes, state: saved });
  };
  while (!training.isOver) {
    if (signal?.aborted === true) {
      save();
      return undefined;
    }
    const report = await training.next();
    folder?.appendLine('metrics.jsonl', report);
    if (report.update % plan.checkpointEvery === 0 || report.update === settings.updates) {
      const { first } = SELECTION_SEEDS;
      const score = judged(training.learner.averageLayers(), judging, { first, episodes: plan.evalEpisodes });
      const { update, episodes } = report;
      folder?.appendLine('evaluations.jsonl', { update, episodes, evaluation: evaluationOf(score) });
      save();
    }
    onUpdate?.(report);
  }
  const layers = await adjusted(training.learner.averageLayers(), judging, config, signal);
  if (layers === undefined) return undefined;
  const { scoringEpisodes } = plan;
  const score = judged(layers, judging, { first: FIRST_SCORING_SEED, episodes: scoringEpisodes });
  const document = documentOf(config, { layers, score, seconds: seconds() });
  if (folder !== undefined) finishFolder(folder, encodePolicyFile(document));
  return document;
}

/** The config of the run that a folder holds; throws `RunFolderRefused`. */
export function gradientConfigIn(folder: string): GradientConfig {
  return RunFolder.open(folder, 'gradient').config as GradientConfig;
}

/** @returns seconds spent before */
function resumed(training: GradientTraining, folder: RunFolder | undefined): number {
  const saved = folder?.latestState();
  if (saved === undefined) return 0;
  const state = saved.state as SavedGradientRun;
  training.restore(state.training);
  folder?.forgetLinesAfter(saved.episodes);
  return state.seconds;
}

function modelOf(layers: readonly DenseLayer[]): HistoryNetworkModel {
  return { guessPerWorker: GUESS_PER_WORKER, inputs: HISTORY_INPUTS, layers };
}

/** What layers come to on episodes of `paper-random` that follow each other, without trying anything. */
function judged(
  layers: readonly DenseLayer[],
  rollouts: Rollouts,
  { first, episodes }: { readonly first: number; readonly episodes: number },
): MeanScore {
  const policy = historyNetworkPolicy('candidate', modelOf(layers));
  const scores = Array.from({ length: episodes }, (_, at) =>
    rollouts.meet(policy, { source: 'paper-random', seed: first + at }),
  );
  return meanOf(scores, ({ meanWorkers }) => meanWorkers);
}

/** Rounds of halving in which the safety is moved, from so many √load less to as many more. */
const ROUNDS = 8;
const FARTHEST = 0.5;

/** Moves the aim until as many tasks are missed as may be. Undefined where it was stopped meanwhile. */
async function adjusted(
  layers: readonly DenseLayer[],
  rollouts: Rollouts,
  { settings, plan }: GradientConfig,
  signal: AbortSignal | undefined,
): Promise<DenseLayer[] | undefined> {
  const seeds = { first: SELECTION_SEEDS.first, episodes: plan.adjustingEpisodes };
  let [less, more] = [-FARTHEST, FARTHEST];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Judging leaves no moment in which an interrupt would be heard of.
    await setImmediate();
    if (signal?.aborted === true) return undefined;
    const middle = (less + more) / 2;
    const { missedPercent } = judged(movedBy(layers, middle), rollouts, seeds);
    if (missedPercent > settings.targetMissedPercent) less = middle;
    else more = middle;
  }
  return rounded(movedBy(layers, more));
}

/** The same layers, aiming at a pool so many √load larger. */
function movedBy(layers: readonly DenseLayer[], by: number): DenseLayer[] {
  return layers.map((layer, index) => {
    if (index < layers.length - 1) return layer;
    const biases = layer.biases.map((bias, output) => (output === 0 ? bias + by : bias));
    return { ...layer, biases };
  });
}

function evaluationOf({ missedPercent, workers }: MeanScore): {
  readonly qosPercent: number;
  readonly meanWorkers: number;
} {
  return { qosPercent: 100 - missedPercent, meanWorkers: workers };
}

interface Findings {
  readonly layers: readonly DenseLayer[];
  readonly score: MeanScore;
  readonly seconds: number;
}

function documentOf(config: GradientConfig, { layers, score, seconds }: Findings): PolicyFile {
  const { rules, name, settings, plan, origin } = config;
  const adjusting = Math.max(plan.evalEpisodes, plan.adjustingEpisodes);
  return {
    format: 'farmhand-policy',
    formatVersion: 1,
    kind: 'history-network',
    name,
    stepSeconds: STEP_RANGE,
    observations: HISTORY_INPUTS.map(({ name: input, unit, low, high }) => ({
      name: input,
      unit,
      low,
      high,
    })),
    actions: { kind: 'target' },
    stepLimit: rules.stepLimit,
    dispatch: rules.dispatch,
    announced: false,
    model: { guessPerWorker: GUESS_PER_WORKER, layers },
    provenance: {
      ...originFields(origin),
      workloads: ['paper-random', ...(settings.mixedShare > 0 ? ['mixed'] : [])],
      seeds: {
        learner: settings.seed,
        // Without a step of learning, only the selection seeds were met.
        ...(settings.updates === 0 ? {} : { training: GRADIENT_SEEDS }),
        selection: { first: SELECTION_SEEDS.first, last: SELECTION_SEEDS.first + adjusting - 1 },
      },
      durationSeconds: Math.round(seconds),
    },
    scores: [scoreOf('paper-random', score)],
  };
}
