import { makePolicy } from '../../../autoscaler/training/comparison/plain-policy.ts';
import type { PlainPolicy } from '../../../autoscaler/training/comparison/plain-policy.ts';
import { Episode } from '../../../autoscaler/training/episode.ts';
import type { EpisodeRules } from '../../../autoscaler/training/episode.ts';
import type { Workload } from '../../../shared/workload/workload.ts';

/** One look at an episode. */
export interface TracePoint {
  readonly atSeconds: number;
  readonly workers: number;
  readonly waitingTasks: number;
  /** Since the look before. */
  readonly arrivalsPerSecond: number;
}

/** One episode step by step. */
export function traceEpisode(
  plain: PlainPolicy,
  workload: Workload,
  seed: number,
  rules: EpisodeRules,
): readonly TracePoint[] {
  const policy = makePolicy(plain);
  const decider = policy.begin();
  const episode = new Episode(workload, seed, rules, policy.initialWorkers);
  const points: TracePoint[] = [];
  let before = { atSeconds: 0, admitted: 0 };
  const look = (): void => {
    const { atSeconds, held, counters } = episode.snapshot;
    const passed = atSeconds - before.atSeconds;
    points.push({
      atSeconds,
      workers: episode.simulation.workers.commanded,
      waitingTasks: held.waiting,
      arrivalsPerSecond: passed > 0 ? (counters.admitted - before.admitted) / passed : 0,
    });
    before = { atSeconds, admitted: counters.admitted };
  };
  while (!episode.isTerminated && !episode.isTruncated) {
    look();
    if (policy.ownStepSeconds === undefined) episode.step(decider);
    else episode.stepAtOwnPace(decider, policy.ownStepSeconds);
  }
  look();
  return points;
}
