import type { Counters, Held } from './counters.ts';
import type { PoolTrouble } from './pool-trouble.ts';
import type { WorkerState } from './worker.ts';

/** What one look at a farm shows. All of it was read at one moment. */
export interface FarmSnapshot {
  readonly kind: 'snapshot';
  /** Seconds since the epoch on the farm's clock. */
  readonly atSeconds: number;
  readonly counters: Counters;
  readonly held: Held;
  /** Held tasks whose deadline has passed. */
  readonly overdueHeld: number;
  /** Waiting tasks that can no longer meet their deadline. */
  readonly lostWaiting: number;
  /** Least slack among the waiting tasks that can still make it; absent where there are none. */
  readonly leastSlackSeconds?: number;
  /** Sum of the expected service times of the waiting tasks. */
  readonly waitingWorkSeconds: number;
  /** Longest response time among the tasks collected in the window asked for; absent where there were none. */
  readonly maxResponseSeconds?: number;
  /** Registered workers by state. */
  readonly workforce: Workforce;
  /** Phases of a running load that are not over; absent where none runs. */
  readonly phasesLeft?: number;
  /** Arrivals that the emitter has planned; absent where work only comes from outside. */
  readonly announced?: AnnouncedRate;
  /** What the Kubernetes API, or the process table, says of the pool: asked for, and there (ready or not). */
  readonly pool: {
    readonly desired: number;
    readonly present: number;
    readonly ready: number;
    /** A rollout that is under way, in words: until it is over nobody can tell who will be removed. */
    readonly rollout?: string;
  };
  /** Registered workers that have not been heard of for a while; 0 where a farm cannot lose any. */
  readonly silentWorkers?: number;
}

/** How many workers are in each state. */
export type Workforce = Readonly<Record<WorkerState, number>>;

/** The emitter's planned rate, one figure a second from `fromSeconds` on. */
export interface AnnouncedRate {
  readonly fromSeconds: number;
  readonly ratePerSecond: readonly number[];
}

/** The farm could not be observed. Only that holds: no figure stands in for what was not seen. */
export interface NoData {
  readonly kind: 'noData';
  readonly reason: string;
  /** Set where it was the pool that could not be looked at. */
  readonly trouble?: PoolTrouble;
}
