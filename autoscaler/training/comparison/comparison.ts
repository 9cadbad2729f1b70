import type { EpisodeSummary } from '../episode-summary.ts';
import { workloadOf } from '../workload-source.ts';
import type { WorkloadSource } from '../workload-source.ts';
import { scheduleArrivals } from '../search/budget.ts';
import type { Contender } from './contender.ts';
import type { Crew } from './crew.ts';
import type { PlainPolicy } from './plain-policy.ts';
import { comparisonRow } from './row.ts';
import type { ComparisonRow } from './row.ts';
import type { ComparisonSetting } from './setting.ts';

/** A policy with the name it was asked for by. */
export interface NamedContender {
  readonly asked: string;
  readonly contender: Contender;
}

export interface ComparisonRequest {
  readonly contenders: readonly NamedContender[];
  readonly sources: readonly WorkloadSource[];
  readonly setting: ComparisonSetting;
  readonly seeds: readonly number[];
  /** What fitted policies and searched plans have to reach. */
  readonly targetQosPercent: number;
}

/** A row, with the episodes behind it in the order of the seeds. */
export interface ComparedRow {
  readonly row: ComparisonRow;
  readonly episodes: readonly EpisodeSummary[];
  /** What the policy was fitted to, or read from; absent for searched plans. */
  readonly policy?: PlainPolicy;
}

/** Tasks in one job: long enough to be worth sending, short enough to show progress. */
const TASKS_PER_JOB = 60_000;

/** A searched plan runs an episode some hundred times. */
const EPISODES_PER_PLAN = 400;

/** Hears how far a comparison has come. */
export interface ComparisonListener {
  readonly onEpisodes?: (count: number) => void;
  /** A policy has been fitted to a workload: its episodes can begin. */
  readonly onFitted?: () => void;
}

/** Every policy on every workload, on the same tasks. */
export async function compare(
  request: ComparisonRequest,
  crew: Crew,
  listener: ComparisonListener = {},
): Promise<ComparedRow[]> {
  const cells = request.sources.flatMap((source) =>
    request.contenders.map((named) => comparisonCell(request, { source, named, crew, listener })),
  );
  return Promise.all(cells);
}

/** One policy on one workload. */
export interface Cell {
  readonly source: WorkloadSource;
  readonly named: NamedContender;
  readonly crew: Crew;
  readonly listener?: ComparisonListener;
}

export async function comparisonCell(request: ComparisonRequest, cell: Cell): Promise<ComparedRow> {
  const { setting, seeds, targetQosPercent } = request;
  const { source, named, crew, listener } = cell;
  const policy = await policyOf(request, cell);
  const job = { kind: 'episodes', source, setting, targetQosPercent, policy } as const;
  const chunks = chunked(seeds, seedsPerJob(source, policy));
  const parts = await Promise.all(
    chunks.map(async (chunk) => {
      const summaries = await crew.episodes({ ...job, seeds: chunk });
      listener?.onEpisodes?.(chunk.length);
      return summaries;
    }),
  );
  const episodes = parts.flat();
  const row = comparisonRow({ policy: named.asked, workload: source.asked, setting }, episodes);
  return { row, episodes, ...(policy === 'best-plan' ? {} : { policy }) };
}

async function policyOf(request: ComparisonRequest, cell: Cell): Promise<PlainPolicy | 'best-plan'> {
  const { contender } = cell.named;
  if (contender.kind === 'policy') return contender.policy;
  if (contender.kind === 'best-plan') return 'best-plan';
  const { setting, targetQosPercent } = request;
  const { source, crew, listener } = cell;
  const fitted = await crew.fit({ kind: 'fit', fitted: contender.fitted, source, setting, targetQosPercent });
  listener?.onFitted?.();
  return fitted.policy;
}

function seedsPerJob(source: WorkloadSource, policy: PlainPolicy | 'best-plan'): number {
  const tasks = scheduleArrivals(workloadOf(source, 1)) * (policy === 'best-plan' ? EPISODES_PER_PLAN : 1);
  return Math.max(1, Math.min(50, Math.floor(TASKS_PER_JOB / Math.max(1, tasks))));
}

function chunked(seeds: readonly number[], size: number): number[][] {
  const chunks: number[][] = [];
  for (let from = 0; from < seeds.length; from += size) chunks.push(seeds.slice(from, from + size));
  return chunks;
}
