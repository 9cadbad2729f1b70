import type { Policy } from '../../../shared/policy/policy.ts';
import type { Workload } from '../../../shared/workload/workload.ts';
import { EpisodeDraw } from '../episode-draw.ts';
import { runEpisode } from '../episode.ts';
import type { Episode, EpisodeRules } from '../episode.ts';

/** What a search fits to. */
export interface FitContext {
  readonly workload: (seed: number) => Workload;
  readonly rules: EpisodeRules;
  readonly targetQosPercent: number;
}

/** What a policy came to on some seeds: means over the episodes. */
export interface TrialResult {
  readonly qosPercent: number;
  readonly meanWorkers: number;
}

/** Every candidate of a search meets the same tasks, so they are drawn once. */
export function withDraws(rules: EpisodeRules): EpisodeRules {
  const known = new Map<string, EpisodeDraw>();
  return {
    ...rules,
    draws: (workload, seed) => {
      const key = `${workload.name} ${String(seed)}`;
      const draw = known.get(key) ?? new EpisodeDraw(workload, seed, rules);
      known.set(key, draw);
      return draw;
    },
  };
}

export function tryPolicy(policy: Policy, context: FitContext, seeds: readonly number[]): TrialResult {
  let qosPercent = 0;
  let meanWorkers = 0;
  for (const seed of seeds) {
    const workload = context.workload(seed);
    const episode = runEpisode(policy, workload, seed, context.rules);
    qosPercent += qosPercentOf(episode) ?? 100;
    meanWorkers += commandedMean(episode);
  }
  return { qosPercent: qosPercent / seeds.length, meanWorkers: meanWorkers / seeds.length };
}

/** Undefined where nothing fell due. */
export function qosPercentOf({ simulation }: Episode): number | undefined {
  const { met, count } = simulation.collected;
  const due = count + simulation.collected.overdueOf(simulation.tasks.count, simulation.nowSeconds);
  return due === 0 ? undefined : (100 * met) / due;
}

/** Mean of the commanded count, weighed by time: that over the steps where decisions keep the workload's pace. */
function commandedMean({ commands, paid }: Episode): number {
  let sum = 0;
  for (const [index, { atSeconds, workers }] of commands.entries()) {
    const until = commands[index + 1]?.atSeconds ?? paid.seconds;
    sum += workers * (until - atSeconds);
  }
  return paid.seconds > 0 ? sum / paid.seconds : 0;
}

/** Workers that a point of missing QoS is worth: more than buying the point costs anywhere near the target. */
const WORKERS_PER_POINT = 20;

/** What a search makes small: workers, once QoS is where it has to be. */
export function scoreOf({ qosPercent, meanWorkers }: TrialResult, targetQosPercent: number): number {
  return meanWorkers + WORKERS_PER_POINT * Math.max(0, targetQosPercent - qosPercent);
}
