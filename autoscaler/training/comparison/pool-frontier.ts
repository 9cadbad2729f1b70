import type { EpisodeSummary } from '../episode-summary.ts';
import { workloadOf } from '../workload-source.ts';
import type { WorkloadSource } from '../workload-source.ts';
import { comparisonCell } from './comparison.ts';
import type { ComparedRow, ComparisonRequest } from './comparison.ts';
import type { Crew } from './crew.ts';
import { estimate, pairedDifference } from './estimate.ts';
import type { Estimate } from './estimate.ts';

/** Worker-seconds against those of a fixed pool with the same QoS on the same seeds. */
export interface AgainstPools {
  /** The pool of equal QoS, interpolated between two sizes. */
  readonly pool: number;
  /** What the policy costs beyond that pool, in percent of it, with the paired 95 % interval; negative where less. */
  readonly costPercent: Estimate;
}

/** So many points lower counts as the same QoS. */
const EQUAL_POINTS = 0.05;

/** Fixed pools of one workload, run as they are asked for. */
export class PoolFrontier {
  readonly #request: ComparisonRequest;
  readonly #source: WorkloadSource;
  readonly #crew: Crew;
  readonly #pools = new Map<number, Promise<ComparedRow>>();

  constructor(request: ComparisonRequest, source: WorkloadSource, crew: Crew) {
    this.#request = request;
    this.#source = source;
    this.#crew = crew;
  }

  /** Every pool that was run, from the smallest. */
  async pools(): Promise<readonly ComparedRow[]> {
    const sizes = [...this.#pools.keys()].sort((a, b) => a - b);
    return Promise.all(sizes.map((size) => this.pool(size)));
  }

  pool(size: number): Promise<ComparedRow> {
    const known = this.#pools.get(size);
    if (known !== undefined) return known;
    const named = {
      asked: `static:${String(size)}`,
      contender: { kind: 'policy', policy: { kind: 'static', workers: size } },
    } as const;
    const running = comparisonCell(this.#request, {
      source: this.#source,
      named,
      crew: this.#crew,
    });
    this.#pools.set(size, running);
    return running;
  }

  /** Undefined where no pool within the bounds of the workload reaches the QoS, or nothing fell due. */
  async against(row: ComparedRow): Promise<AgainstPools | undefined> {
    const qos = row.row.qosPercent?.mean;
    if (qos === undefined) return undefined;
    const equal = await this.#smallestWith(qos - EQUAL_POINTS);
    if (equal === undefined) return undefined;
    const above = await this.pool(equal);
    const { minWorkers } = workloadOf(this.#source, this.#request.seeds[0] ?? 1);
    // A whole pool that counts as equal is cheaper than one interpolated above it.
    if (qosOf(above) <= qos || equal <= Math.max(1, minWorkers)) {
      return costAgainst(row, { pool: equal, above, below: above, share: 1 });
    }
    const below = await this.pool(equal - 1);
    const [low, high] = [qosOf(below), qosOf(above)];
    const share = high > low ? Math.min(1, Math.max(0, (qos - low) / (high - low))) : 1;
    return costAgainst(row, { pool: equal - 1 + share, above, below, share });
  }

  /** By bisection: more workers never serve worse by more than chance. */
  async #smallestWith(qosPercent: number): Promise<number | undefined> {
    const { minWorkers, maxWorkers } = workloadOf(this.#source, this.#request.seeds[0] ?? 1);
    let low = Math.max(1, minWorkers);
    let high = maxWorkers;
    if (qosOf(await this.pool(high)) < qosPercent) return undefined;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (qosOf(await this.pool(middle)) >= qosPercent) high = middle;
      else low = middle + 1;
    }
    return high;
  }
}

interface EqualPool {
  readonly pool: number;
  readonly above: ComparedRow;
  readonly below: ComparedRow;
  /** How far from the smaller to the larger pool. */
  readonly share: number;
}

function costAgainst(row: ComparedRow, { pool, above, below, share }: EqualPool): AgainstPools | undefined {
  const seconds = ({ workerSeconds }: EpisodeSummary): number => workerSeconds;
  const pools = above.episodes.map(
    (episode, index) =>
      share * seconds(episode) + (1 - share) * (below.episodes[index]?.workerSeconds ?? seconds(episode)),
  );
  const mean = estimate(pools)?.mean;
  const difference = pairedDifference(row.episodes.map(seconds), pools);
  if (mean === undefined || difference === undefined || mean === 0) return undefined;
  const percent = (figure: number | undefined): number | undefined =>
    figure === undefined ? undefined : (100 * figure) / mean;
  return {
    pool,
    costPercent: {
      mean: (100 * difference.mean) / mean,
      std: percent(difference.std),
      low: percent(difference.low),
      high: percent(difference.high),
    },
  };
}

function qosOf({ row }: ComparedRow): number {
  return row.qosPercent?.mean ?? 100;
}
