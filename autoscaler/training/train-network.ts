import type { NetworkModel } from '../../shared/policy/network.ts';
import type { PolicyFile } from '../../shared/policy/policy-file.ts';
import type { MeanScore } from './candidate-score.ts';
import type { Origin } from './learned-policy.ts';
import { modelOf } from './network-genome.ts';
import { NetworkSearch } from './network-search.ts';
import type { NetworkSearchOptions } from './network-search.ts';
import type { Meeting } from './rollout.ts';

/** What a training of a network needs to be told; the rest has defaults. */
export interface TrainNetworkOptions extends Partial<Omit<NetworkSearchOptions, 'rules'>> {
  readonly rules: NetworkSearchOptions['rules'];
  readonly name: string;
  readonly origin: Origin;
  /** Seconds from any moment on: how long it took is written down. */
  readonly clock: () => number;
}

export const DEFAULT_NETWORK_SEARCH: Omit<NetworkSearchOptions, 'rules'> = {
  seed: 1,
  constantGenerations: 40,
  generations: 200,
  episodes: 70,
  mixedShare: 0.12,
  paperShare: 0.15,
  hidden: 0,
  threads: 2,
  targetMissedPercent: 0.77,
  mostActions: 16,
};

/** Seeds that adjusted the safety, and those that scored the result: neither was trained on, none judges. */
const ADJUSTING_EPISODES = 1000;
const SCORING_SEEDS = { first: 55_001, last: 55_600 } as const;

/** From which to which multiple of the step that it was trained for a policy may be used: mixed workloads vary it. */
const STEP_RANGE = { trainedFor: 8, least: 3, most: 30 } as const;

/** Learns a policy for one dispatch order, step limit, and announced or not. The same seed gives the same weights. */
export async function trainNetwork(options: TrainNetworkOptions): Promise<PolicyFile> {
  const startedAt = options.clock();
  const settings = { ...DEFAULT_NETWORK_SEARCH, ...options };
  const search = new NetworkSearch(settings);
  try {
    const genome = await search.calibrated(await search.search(), ADJUSTING_EPISODES);
    const model = rounded(modelOf(genome, search.plan));
    const { main } = await search.score(genome, scoringMeetings());
    return documentOf(options, model, {
      score: main,
      durationSeconds: Math.round(options.clock() - startedAt),
    });
  } finally {
    await search.end();
  }
}

function scoringMeetings(): Meeting[] {
  const count = SCORING_SEEDS.last - SCORING_SEEDS.first + 1;
  return Array.from({ length: count }, (_, at) => ({
    source: 'paper-random',
    seed: SCORING_SEEDS.first + at,
  }));
}

interface Findings {
  readonly score: MeanScore;
  readonly durationSeconds: number;
}

function documentOf(options: TrainNetworkOptions, model: NetworkModel, found: Findings): PolicyFile {
  const { rules, name, origin } = options;
  const { outlook, prices, layers } = model;
  return {
    format: 'farmhand-policy',
    formatVersion: 1,
    kind: 'network',
    name,
    stepSeconds: STEP_RANGE,
    observations: model.inputs.map((input) => ({
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
    provenance: {
      command: origin.command,
      ...(origin.commit === undefined ? {} : { commit: origin.commit }),
      workloads: ['paper-random', 'paper', 'mixed'],
      seeds: {
        learner: options.seed ?? DEFAULT_NETWORK_SEARCH.seed,
        training: { first: 1, last: 1500 },
        selection: { first: 50_001, last: 50_000 + ADJUSTING_EPISODES },
      },
      durationSeconds: found.durationSeconds,
    },
    scores: [
      {
        workload: 'paper-random',
        seeds: SCORING_SEEDS,
        qosPercent: Number((100 - found.score.missedPercent).toFixed(3)),
        meanWorkers: Number(found.score.workers.toFixed(3)),
        scalingActions: Number(found.score.actions.toFixed(3)),
      },
    ],
  };
}

/** Six decimals are more than a decision can tell apart, and keep files short. */
function rounded(model: NetworkModel): NetworkModel {
  return JSON.parse(
    JSON.stringify(model, (_, value: unknown) =>
      typeof value === 'number' ? Number(value.toFixed(6)) : value,
    ),
  ) as NetworkModel;
}
