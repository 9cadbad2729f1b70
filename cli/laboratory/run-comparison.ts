import { compare } from '../../autoscaler/training/comparison/comparison.ts';
import type {
  ComparedRow,
  ComparisonListener,
  ComparisonRequest,
} from '../../autoscaler/training/comparison/comparison.ts';
import { comparisonBounds } from '../../autoscaler/training/comparison/comparison-bounds.ts';
import type { ComparisonBounds } from '../../autoscaler/training/comparison/comparison-bounds.ts';
import { Crew } from '../../autoscaler/training/comparison/crew.ts';
import { PoolFrontier } from '../../autoscaler/training/comparison/pool-frontier.ts';
import type { AgainstPools } from '../../autoscaler/training/comparison/pool-frontier.ts';
import { workloadOf, workloadSource } from '../../autoscaler/training/workload-source.ts';
import type { WorkloadSource } from '../../autoscaler/training/workload-source.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { RunProgress } from './progress.ts';

export interface RunOptions {
  readonly threads: number;
  readonly output: Output;
  /** Whether to hold each policy against the fixed pool of equal QoS. */
  readonly pools: boolean;
  /** Whether to work out what no policy can do better than. */
  readonly bounds: boolean;
}

/** Everything that a comparison found. */
export interface ComparisonOutcome {
  readonly request: ComparisonRequest;
  readonly rows: readonly ComparedRow[];
  /** By row; absent where no pool has that QoS, or nobody asked. */
  readonly againstPools: ReadonlyMap<ComparedRow, AgainstPools>;
  /** By workload: every fixed pool that was run. */
  readonly pools: ReadonlyMap<string, readonly ComparedRow[]>;
  readonly bounds: readonly ComparisonBounds[];
}

/** Runs a comparison with threads of its own, and progress for whoever waits. */
export async function runComparison(
  request: ComparisonRequest,
  options: RunOptions,
): Promise<ComparisonOutcome> {
  const { contenders, sources, seeds } = request;
  const crew = new Crew(options.threads);
  const episodes = contenders.length * sources.length * seeds.length;
  for (const text of poolsOutOfBounds(request)) options.output.note(text);
  const progress = new RunProgress(options.output, 'episodes', episodes);
  try {
    const rows = await compare(request, crew, followedBy(progress, request));
    const pools = options.pools ? await holdAgainstPools(request, rows, crew) : NO_POOLS;
    const bounds = options.bounds ? await allBounds(request, crew) : [];
    return { request, rows, ...pools, bounds };
  } finally {
    progress.end();
    await crew.close();
  }
}

/** Fitting a rule or a timetable takes longer than all episodes of the others. */
function followedBy(progress: RunProgress, { contenders, sources }: ComparisonRequest): ComparisonListener {
  const rules = contenders.filter(({ contender }) => contender.kind === 'fitted').length;
  let left = rules * sources.length;
  const tell = (): void => {
    progress.waitFor(left === 0 ? '' : `${String(left)} still to be fitted`);
  };
  tell();
  return {
    onEpisodes: (count) => {
      progress.add(count);
    },
    onFitted: () => {
      left -= 1;
      tell();
    },
  };
}

/** A pool of a size that its load does not allow has the nearest one that it does. */
function poolsOutOfBounds({ contenders, sources, seeds }: ComparisonRequest): string[] {
  return contenders.flatMap(({ asked, contender }) => {
    if (contender.kind !== 'policy' || contender.policy.kind !== 'static') return [];
    const { workers } = contender.policy;
    return sources.flatMap((source) => {
      const { minWorkers, maxWorkers } = workloadOf(source, seeds[0] ?? 1);
      const held = Math.min(maxWorkers, Math.max(minWorkers, workers));
      return held === workers
        ? []
        : [
            `${asked} has ${String(held)} workers on ${source.asked}, which allows ${String(minWorkers)} to ${String(maxWorkers)}`,
          ];
    });
  });
}

type PoolsFound = Pick<ComparisonOutcome, 'againstPools' | 'pools'>;

const NO_POOLS: PoolsFound = { againstPools: new Map(), pools: new Map() };

async function holdAgainstPools(
  request: ComparisonRequest,
  rows: readonly ComparedRow[],
  crew: Crew,
): Promise<PoolsFound> {
  const againstPools = new Map<ComparedRow, AgainstPools>();
  const pools = new Map<string, readonly ComparedRow[]>();
  for (const source of request.sources) {
    const frontier = new PoolFrontier(request, source, crew);
    const own = rows.filter(({ row }) => row.workload === source.asked);
    await Promise.all(
      own.map(async (row) => {
        const against = await frontier.against(row);
        if (against !== undefined) againstPools.set(row, against);
      }),
    );
    pools.set(source.asked, await frontier.pools());
  }
  return { againstPools, pools };
}

function allBounds(request: ComparisonRequest, crew: Crew): Promise<ComparisonBounds[]> {
  const { sources, ...rest } = request;
  return Promise.all(sources.map((source) => comparisonBounds({ ...rest, source }, crew)));
}

/** A workload by name or path, or the words that say why not. */
export function sourceOf(asked: string): WorkloadSource {
  try {
    return workloadSource(asked);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(reason, EXIT.usage, { cause: error });
  }
}
