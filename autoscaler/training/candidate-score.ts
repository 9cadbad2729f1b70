import { networkPolicy } from '../../shared/policy/network.ts';
import { modelOf } from './network-genome.ts';
import type { GenomePlan } from './network-genome.ts';
import { FEW_TASKS } from './rollout.ts';
import type { Meeting, Rollouts, RolloutScore } from './rollout.ts';

/** What a candidate came to, in the mean over its episodes of one kind. */
export interface MeanScore {
  readonly episodes: number;
  readonly missedPercent: number;
  /** Mean workers; of mixed workloads, those above the load, as if its load were that of `paper-random`. */
  readonly workers: number;
  /** A workload of 30 steps has so many. */
  readonly actions: number;
}

export interface CandidateScore {
  readonly main: MeanScore;
  readonly mixed: MeanScore;
  readonly paper: MeanScore;
}

/** Lets one candidate meet its episodes. */
export function scoreCandidate(
  genome: readonly number[],
  plan: GenomePlan,
  meetings: readonly Meeting[],
  rollouts: Rollouts,
): CandidateScore {
  const policy = networkPolicy('candidate', modelOf(genome, plan));
  const main: RolloutScore[] = [];
  const groups = { 'paper-random': main, mixed: [] as RolloutScore[], paper: [] as RolloutScore[] };
  for (const meeting of meetings) groups[meeting.source].push(rollouts.meet(policy, meeting));
  return {
    main: meanOf(main, ({ meanWorkers }) => meanWorkers),
    mixed: meanOf(groups.mixed, excessWorkers),
    paper: meanOf(groups.paper, ({ meanWorkers }) => meanWorkers),
  };
}

/** One score of several, by the episodes of each. */
export function together(scores: readonly CandidateScore[]): CandidateScore {
  return {
    main: pooled(scores.map(({ main }) => main)),
    mixed: pooled(scores.map(({ mixed }) => mixed)),
    paper: pooled(scores.map(({ paper }) => paper)),
  };
}

function pooled(scores: readonly MeanScore[]): MeanScore {
  const episodes = scores.reduce((sum, score) => sum + score.episodes, 0);
  const mean = (of: (score: MeanScore) => number): number =>
    scores.reduce((sum, score) => sum + score.episodes * of(score), 0) / Math.max(1, episodes);
  return {
    episodes,
    missedPercent: mean(({ missedPercent }) => missedPercent),
    workers: mean(({ workers }) => workers),
    actions: mean(({ actions }) => actions),
  };
}

/** Load of `paper-random`, in workers, and its square root. */
const MAIN_LOAD = 7;

function excessWorkers({ meanWorkers, meanLoad }: RolloutScore): number {
  return MAIN_LOAD + ((meanWorkers - meanLoad) * Math.sqrt(MAIN_LOAD)) / Math.sqrt(meanLoad + 0.5);
}

export function meanOf(
  scores: readonly RolloutScore[],
  workersOf: (score: RolloutScore) => number,
): MeanScore {
  const mean = (of: (score: RolloutScore) => number): number =>
    scores.reduce((sum, score) => sum + of(score), 0) / Math.max(1, scores.length);
  return {
    episodes: scores.length,
    missedPercent: mean(({ missed, due }) => (100 * missed) / Math.max(FEW_TASKS, due)),
    workers: mean(workersOf),
    actions: mean(({ actions, steps }) => (30 * actions) / steps),
  };
}
