import type { FarmSnapshot } from '../farm/snapshot.ts';
import type { Observation } from './observation.ts';

/** What a step did, for whoever has to value it. */
export interface RewardedStep {
  readonly before: FarmSnapshot;
  readonly after: FarmSnapshot;
  /** What a policy sees after the step. */
  readonly observation: Observation;
  /** Workers really added, negative where removed: after the guards. */
  readonly delta: number;
  /** Whether the episode ended with this step, and how. */
  readonly ending?: 'terminated' | 'truncated';
}

/** A reward by named terms; their sum is the reward. */
export type RewardTerms = Readonly<Record<string, number>>;

/** Values a step. The training environment and the live autoscaler use the same one. */
export type Reward = (step: RewardedStep) => RewardTerms;

export function totalReward(terms: RewardTerms): number {
  return Object.values(terms).reduce((sum, term) => sum + term, 0);
}

/** Weights of the published reward. */
export const PAPER_REWARD = {
  qos: 36,
  qosTarget: 0.95,
  backlog: 2.5,
  backlogTasks: 30,
  efficiency: 0.05,
  balancedWorkers: 14,
  calmTasks: 8,
  scaling: 0.08,
  scaleUp: 5.5,
  scaleDown: 0.1,
  stable: 3.6,
  stableTasks: 15,
  unfinished: 2,
  completion: 8,
} as const;

/** The published reward, term by term (Li et al.). It prices QoS highly and workers hardly at all. */
export const paperReward: Reward = ({ after, observation, delta, ending }) => {
  const weights = PAPER_REWARD;
  const { waitingTasks: queue, workers } = observation;
  // As published: where nothing fell due, all is well.
  const qos = observation.qos ?? 1;
  const isGood = qos >= weights.qosTarget;
  const isOverloaded = queue > weights.backlogTasks || !isGood;
  const moved = Math.abs(delta);
  return {
    qos: weights.qos * (qos - weights.qosTarget),
    backlog: -weights.backlog * Math.max(0, queue / weights.backlogTasks - 1) ** 2,
    efficiency:
      queue <= weights.calmTasks && isGood
        ? -weights.efficiency * Math.max(0, workers - weights.balancedWorkers)
        : 0,
    scaling: -weights.scaling * moved,
    scaleUp: delta > 0 && isOverloaded ? weights.scaleUp * moved : 0,
    scaleDown: delta < 0 && !isOverloaded ? weights.scaleDown * moved : 0,
    stable: isGood && queue <= weights.stableTasks ? weights.stable : 0,
    ending: paperEnding(after, ending),
  };
};

function paperEnding({ held }: FarmSnapshot, ending: RewardedStep['ending']): number {
  if (ending === undefined) return 0;
  if (ending === 'terminated') return PAPER_REWARD.completion;
  const pending = held.waiting + held.delayed + held.leased + held.answered;
  return -PAPER_REWARD.unfinished * Math.min(pending, PAPER_REWARD.backlogTasks);
}

/** What the farm's own reward charges. */
export interface FarmhandPrices {
  /** Worker-seconds that one missed deadline is worth. */
  readonly missedWorkerSeconds: number;
  /** Worker-seconds that one worker added or removed is worth: starting and draining are not free. */
  readonly actionWorkerSeconds: number;
  /** Worker-seconds to one unit of reward: keeps the figures in a range that learners like. */
  readonly unitWorkerSeconds: number;
  /**
   * A pool of this size costs nothing, a smaller one earns. Which policy is best does not depend on it while the length
   * of an episode does not; values nearer to 0 are learned sooner.
   */
  readonly referenceWorkers: number;
}

export const DEFAULT_PRICES: FarmhandPrices = {
  missedWorkerSeconds: 40,
  actionWorkerSeconds: 2,
  unitWorkerSeconds: 100,
  referenceWorkers: 0,
};

/**
 * The farm's own reward: the cost of a step in worker-seconds, each missed deadline at its price. A task counts as
 * missed in the step in which its deadline passes, not when it is collected at last.
 */
export function farmhandReward(prices: FarmhandPrices = DEFAULT_PRICES): Reward {
  const { missedWorkerSeconds, actionWorkerSeconds, unitWorkerSeconds, referenceWorkers } = prices;
  return ({ before, after, observation, delta }) => {
    const seconds = after.atSeconds - before.atSeconds;
    return {
      missed: (-missedWorkerSeconds * newlyMissed(before, after)) / unitWorkerSeconds,
      workers: (-(observation.workers - referenceWorkers) * seconds) / unitWorkerSeconds,
      scaling: (-actionWorkerSeconds * Math.abs(delta)) / unitWorkerSeconds,
    };
  };
}

function newlyMissed(before: FarmSnapshot, after: FarmSnapshot): number {
  return after.counters.missed + after.overdueHeld - before.counters.missed - before.overdueHeld;
}
