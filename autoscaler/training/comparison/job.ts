import type { EpisodeSummary } from '../episode-summary.ts';
import { summarise } from '../episode-summary.ts';
import { runEpisode } from '../episode.ts';
import { bestPlanEpisode } from '../search/best-plan.ts';
import { seedBound } from '../search/bounds.ts';
import type { SeedBound } from '../search/bounds.ts';
import { fit } from '../search/fit.ts';
import type { Fitted } from '../search/fit.ts';
import { workloadOf } from '../workload-source.ts';
import type { WorkloadSource } from '../workload-source.ts';
import type { FittedName } from './contender.ts';
import { makePolicy } from './plain-policy.ts';
import type { PlainPolicy } from './plain-policy.ts';
import { episodeRules } from './setting.ts';
import type { ComparisonSetting } from './setting.ts';

interface JobBase {
  readonly source: WorkloadSource;
  readonly setting: ComparisonSetting;
}

/** A policy, or the search for a plan, on some seeds. */
export interface EpisodesJob extends JobBase {
  readonly kind: 'episodes';
  readonly policy: PlainPolicy | 'best-plan';
  readonly seeds: readonly number[];
  /** QoS that a searched plan has to reach. */
  readonly targetQosPercent: number;
}

/** Fits a policy to a workload. */
export interface FitJob extends JobBase {
  readonly kind: 'fit';
  readonly fitted: FittedName;
  readonly targetQosPercent: number;
}

/** Works out what no policy can do better than. */
export interface BoundsJob extends JobBase {
  readonly kind: 'bounds';
  readonly seeds: readonly number[];
  readonly targetQosPercent: number;
}

/** What a thread is given to do. Plain data. */
export type Job = EpisodesJob | FitJob | BoundsJob;

export function runEpisodes({
  policy,
  source,
  setting,
  seeds,
  targetQosPercent,
}: EpisodesJob): EpisodeSummary[] {
  const rules = episodeRules(source, setting);
  if (policy === 'best-plan') {
    return seeds.map((seed) =>
      summarise(bestPlanEpisode(workloadOf(source, seed), seed, rules, targetQosPercent)),
    );
  }
  const made = makePolicy(policy);
  return seeds.map((seed) => summarise(runEpisode(made, workloadOf(source, seed), seed, rules)));
}

export function runFit(job: FitJob): Fitted {
  return fit(job.fitted, {
    workload: (seed) => workloadOf(job.source, seed),
    rules: episodeRules(job.source, job.setting),
    targetQosPercent: job.targetQosPercent,
  });
}

export function runBounds({ source, setting, seeds, targetQosPercent }: BoundsJob): SeedBound[] {
  const rules = episodeRules(source, setting);
  return seeds.map((seed) => seedBound(workloadOf(source, seed), seed, rules, targetQosPercent));
}
