import type { NetworkModel } from '../../shared/policy/network.ts';
import { encodePolicyFile } from '../../shared/policy/policy-file.ts';
import type { PolicyFile } from '../../shared/policy/policy-file.ts';
import { finishFolder, folderOf } from './kept-run.ts';
import type { KeptRunOptions } from './kept-run.ts';
import { originFields } from './learned-policy.ts';
import type { Origin } from './learned-policy.ts';
import { genomeOf, modelOf } from './network-genome.ts';
import type { GenomePlan } from './network-genome.ts';
import { NetworkRun } from './network-run.ts';
import type { NetworkRunPlan } from './network-run.ts';
import { MET_SEEDS, NetworkSearch } from './network-search.ts';
import type { GenerationReport, NetworkSearchSettings } from './network-search.ts';
import { NetworkSelection, scoringMeetings, SELECTION_SEEDS } from './network-selection.ts';
import { rounded, scoreOf, STEP_RANGE } from './network-file.ts';
import { RolloutCrew } from './rollout-crew.ts';
import type { RolloutRules } from './rollout.ts';
import { RunFolder } from './run-folder.ts';

/** Everything that a training of a network depends on; its config.json. */
export interface NetworkTrainingConfig {
  readonly kind: 'network';
  readonly name: string;
  readonly rules: RolloutRules;
  readonly settings: NetworkSearchSettings;
  readonly plan: NetworkRunPlan;
  readonly origin: Origin;
  /** A model to set out from, instead of plain guesses. */
  readonly start?: NetworkModel;
}

export interface TrainNetworkOptions extends KeptRunOptions {
  readonly config: NetworkTrainingConfig;
  /** Threads that let candidates meet episodes: how many there are changes nothing but the time it takes. */
  readonly threads: number;
  /** Seconds from any moment on: how long it took is written down. */
  readonly clock: () => number;
  readonly onGeneration?: (report: GenerationReport) => void;
}

export const DEFAULT_NETWORK_PLAN: NetworkRunPlan = {
  checkpointEvery: 10,
  evalEpisodes: 1000,
  patience: 5,
  adjustingEpisodes: 1000,
  scoringEpisodes: 600,
};

/** Generations for everything, where a search goes on from a model that was learned before. */
export const ONWARD_GENERATIONS = 60;

/**
 * The published load jumps to five times itself. One worker a step meets that only where the jump is announced, and
 * only a policy that was trained for it; four workers a step meet it as they come. There a plan takes three times as
 * long, and weights of a network gain nothing beyond those that it sets out from: only constants are searched for.
 */
export function defaultNetworkSettings({ announced, stepLimit }: RolloutRules): NetworkSearchSettings {
  const isConstantsAlone = announced && stepLimit > 1;
  return {
    seed: 1,
    constantGenerations: isConstantsAlone ? 40 : 20,
    generations: isConstantsAlone ? 0 : ONWARD_GENERATIONS,
    episodes: 100,
    mixedShare: 0.1,
    paperShare: announced && stepLimit === 1 ? 0.12 : 0,
    targetMissedPercent: 0.75,
    mostActions: 15,
  };
}

/**
 * Learns a policy for one dispatch order, step limit, and announced or not. The same config gives the same weights.
 * Undefined where it was stopped; the folder then holds a state to go on from.
 */
export async function trainNetwork(options: TrainNetworkOptions): Promise<PolicyFile | undefined> {
  const { config } = options;
  const folder = folderOf(config, options);
  const { settings, rules } = config;
  const genomePlan = { announced: rules.announced, stepLimit: rules.stepLimit };
  const crew = new RolloutCrew({ rules, plan: genomePlan }, options.threads);
  try {
    const start = config.start === undefined ? [] : genomeOf(config.start, genomePlan);
    const search = new NetworkSearch(settings, genomePlan, crew, start);
    const selection = new NetworkSelection(settings, crew);
    const { clock, signal, onGeneration } = options;
    const run = new NetworkRun({
      ...{ search, selection, clock, plan: config.plan },
      ...(folder === undefined ? {} : { folder }),
      ...(signal === undefined ? {} : { signal }),
      ...(onGeneration === undefined ? {} : { onGeneration }),
    });
    if (options.isResumed === true) run.resume();
    const best = await run.run();
    if (best === undefined) return undefined;
    const genome = await selection.calibrated(best.genome, config.plan.adjustingEpisodes);
    const scores = await scoresOf(selection, genome, config);
    const found = { model: rounded(modelOf(genome, genomePlan)), genomePlan, scores };
    const document = documentOf(config, { ...found, generation: best.generation, seconds: run.seconds });
    if (folder !== undefined) finishFolder(folder, encodePolicyFile(document));
    return document;
  } finally {
    await crew.end();
  }
}

/** The config of the run that a folder holds; throws `RunFolderRefused`. */
export function networkConfigIn(folder: string): NetworkTrainingConfig {
  return RunFolder.open(folder, 'network').config as NetworkTrainingConfig;
}

/** What the file says of itself, on seeds that neither trained nor selected it. */
async function scoresOf(
  selection: NetworkSelection,
  genome: readonly number[],
  { settings, plan }: NetworkTrainingConfig,
): Promise<PolicyFile['scores']> {
  const { main } = await selection.score(genome, scoringMeetings('paper-random', plan.scoringEpisodes));
  if (settings.paperShare === 0) return [scoreOf('paper-random', main)];
  const { paper } = await selection.score(genome, scoringMeetings('paper', plan.scoringEpisodes));
  return [scoreOf('paper-random', main), scoreOf('paper', paper)];
}

interface Findings {
  readonly model: NetworkModel;
  readonly genomePlan: GenomePlan;
  readonly scores: PolicyFile['scores'];
  readonly generation: number;
  readonly seconds: number;
}

function documentOf(config: NetworkTrainingConfig, found: Findings): PolicyFile {
  const { rules, name } = config;
  const { outlook, prices, layers, inputs } = found.model;
  return {
    format: 'farmhand-policy',
    formatVersion: 1,
    kind: 'network',
    name,
    stepSeconds: STEP_RANGE,
    observations: inputs.map((input) => ({
      name: input.name,
      unit: input.unit,
      low: input.low,
      high: input.high,
    })),
    actions: { kind: 'target' },
    stepLimit: rules.stepLimit,
    dispatch: rules.dispatch,
    announced: rules.announced,
    model: { outlook, prices, layers },
    provenance: provenanceOf(config, found),
    scores: found.scores,
  };
}

function provenanceOf(
  { origin, settings, plan }: NetworkTrainingConfig,
  { generation, seconds }: Findings,
): PolicyFile['provenance'] {
  const workloads = [
    'paper-random',
    ...(settings.paperShare > 0 ? ['paper'] : []),
    ...(settings.mixedShare > 0 ? ['mixed'] : []),
  ];
  const selecting = Math.max(plan.evalEpisodes, plan.adjustingEpisodes);
  return {
    ...originFields(origin),
    workloads,
    seeds: {
      learner: settings.seed,
      // Without a generation, only the selection seeds were met.
      ...(settings.constantGenerations + settings.generations === 0 ? {} : { training: MET_SEEDS }),
      selection: { first: SELECTION_SEEDS.first, last: SELECTION_SEEDS.first + selecting - 1 },
    },
    generation,
    durationSeconds: Math.round(seconds),
  };
}
