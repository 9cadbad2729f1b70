import { DEFAULT_PRICES, farmhandReward, paperReward } from '../../shared/control/reward.ts';
import type { FarmhandPrices, Reward } from '../../shared/control/reward.ts';
import { deltasUpTo } from '../../shared/control/spaces.ts';
import type { Discrete } from '../../shared/control/spaces.ts';
import { DEFAULT_DISPATCH } from '../../shared/farm/dispatch-order.ts';
import type { ObservationSchema } from '../../shared/policy/observation-schema.ts';
import { paperObservation } from '../../shared/policy/paper-observation.ts';
import type { Workload } from '../../shared/workload/workload.ts';
import { DEFAULT_EPISODE_RULES } from './episode.ts';
import type { EpisodeRules } from './episode.ts';
import { SimulatedEnvironment } from './simulated-environment.ts';
import { endsWhenDone, workloadOf } from './workload-source.ts';
import type { WorkloadChanges, WorkloadSource } from './workload-source.ts';

/** What both published learners are trained in. */
export interface LearningSetup {
  readonly schema: ObservationSchema;
  readonly actionSpace: Discrete;
  readonly rules: EpisodeRules;
  readonly workloadName: string;
  readonly workloadOf: (seed: number) => Workload;
  readonly stepSeconds: number;
}

const PAPER: WorkloadSource = { asked: 'paper' };

/** What may differ from the published set-up. Plain data: a run folder keeps it. */
export interface SetupChanges extends WorkloadChanges {
  readonly source?: WorkloadSource;
}

/** The load of a set-up, as it was changed. */
export function changedSource({ source = PAPER, ...changes }: SetupChanges): WorkloadSource {
  return { ...source, changes };
}

/** Which reward a learner is given. */
export interface RewardChoice {
  readonly reward: 'paper' | 'farmhand';
  readonly prices: FarmhandPrices;
}

/** Seeds to train on, to select on; those from 90001 on are for judging and never used here. */
export const TRAINING_SEEDS = { first: 1, last: 40_000 } as const;
export const SELECTION_SEEDS = { first: 50_001, last: 50_300 } as const;

/** The published set-up: nine observations, −1/0/+1, first in first out, nothing announced, the paper's load. */
export function publishedSetup(changes: SetupChanges = {}): LearningSetup {
  const source = changedSource(changes);
  const load = (seed: number): Workload => workloadOf(source, seed);
  const { name, maxWorkers, stepSeconds } = load(TRAINING_SEEDS.first);
  return {
    schema: paperObservation(maxWorkers),
    actionSpace: deltasUpTo(1),
    rules: {
      ...DEFAULT_EPISODE_RULES,
      dispatch: { ...DEFAULT_DISPATCH, order: 'fifo', lostShare: 0 },
      stepLimit: 1,
      announced: false,
      endsWhenDone: endsWhenDone(source),
    },
    workloadName: name,
    workloadOf: load,
    stepSeconds,
  };
}

/** The environment of a set-up. Whoever learns in it names the seed of each episode. */
export function environmentOf(setup: LearningSetup, choice: RewardChoice): SimulatedEnvironment {
  return new SimulatedEnvironment({
    ...setup,
    reward: rewardOf(choice),
    seeds: TRAINING_SEEDS,
    environmentSeed: 0,
  });
}

function rewardOf({ reward, prices }: RewardChoice): Reward {
  return reward === 'paper' ? paperReward : farmhandReward({ ...DEFAULT_PRICES, ...prices });
}
