import { sharedBound } from '../search/bounds.ts';
import { workloadOf } from '../workload-source.ts';
import type { WorkloadSource } from '../workload-source.ts';
import type { Crew } from './crew.ts';
import type { ComparisonSetting } from './setting.ts';

/** What stands below every row of a workload. */
export interface ComparisonBounds {
  readonly workload: string;
  readonly actions: number;
  /** Mean QoS over the seeds that the figures are for. */
  readonly qosPercent: number;
  /** No policy reaches that QoS on these seeds with fewer mean workers: proved. */
  readonly lowerBoundWorkers: number;
  /** A reference: each moment staffed by Erlang's C as if it lasted for ever. */
  readonly erlangWorkers: number;
  readonly episodes: number;
}

export interface BoundsRequest {
  readonly source: WorkloadSource;
  readonly setting: ComparisonSetting;
  readonly seeds: readonly number[];
  readonly targetQosPercent: number;
}

const SEEDS_PER_JOB = 10;

export async function comparisonBounds(
  { source, setting, seeds, targetQosPercent }: BoundsRequest,
  crew: Crew,
): Promise<ComparisonBounds> {
  const jobs: Promise<readonly Awaited<ReturnType<Crew['bounds']>>[number][]>[] = [];
  for (let from = 0; from < seeds.length; from += SEEDS_PER_JOB) {
    const chunk = seeds.slice(from, from + SEEDS_PER_JOB);
    jobs.push(crew.bounds({ kind: 'bounds', source, setting, seeds: chunk, targetQosPercent }));
  }
  const found = (await Promise.all(jobs)).flat();
  const { minWorkers } = workloadOf(source, seeds[0] ?? 1);
  return {
    workload: source.asked,
    actions: setting.actions,
    qosPercent: targetQosPercent,
    lowerBoundWorkers: sharedBound(found, targetQosPercent, minWorkers),
    erlangWorkers:
      found.reduce((sum, { erlangWorkers }) => sum + erlangWorkers, 0) / Math.max(1, found.length),
    episodes: found.length,
  };
}
