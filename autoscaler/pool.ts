import type { ScaleFailure } from '../shared/farm/farm-port.ts';
import type { PoolTrouble } from '../shared/farm/pool-trouble.ts';

/** One member of a pool: a pod, or a process. */
export interface PoolMember {
  readonly pod: string;
  /** It runs and answers; one that is still starting, or broken, is not. */
  readonly ready: boolean;
  /** Which part of the pool it belongs to, where a pool has several. */
  readonly part?: string;
}

/** What the platform says of a pool. Members that are being removed are left out. */
export interface PoolState {
  readonly desired: number;
  readonly members: readonly PoolMember[];
  /** A rollout that is under way, in words: until it is over nobody can tell who will be removed. */
  readonly rollout?: string;
  /** Something keeps the pool from being larger than this: it is not asked for. */
  readonly ceiling?: number;
  /** What has come out otherwise than an earlier step had asked. */
  readonly notices?: readonly ScaleFailure[];
  /** `desired` by part, where a pool has several. */
  readonly parts?: ReadonlyMap<string, number>;
}

export interface PoolChange {
  /** What the step saw: where the pool is something else by now, nothing is changed. */
  readonly seen: PoolState;
  readonly to: number;
  /** The members that a smaller pool is to lose. Fewer than the difference where the others are not there anyway. */
  readonly remove: readonly PoolMember[];
  /** Of the step: where a newer one has acted by now, nothing is changed. */
  readonly fence: number;
  /** Whether the step's time is over: then nothing is begun any more. */
  readonly isOver?: () => boolean;
}

export interface PoolResult {
  /** As the platform confirms it. */
  readonly desired: number;
  /** Pods that now go. */
  readonly removed: readonly string[];
  /** Pods that certainly stay: their workers may be taken back. Who is neither is seen to by the next step. */
  readonly kept: readonly string[];
  readonly failures: readonly ScaleFailure[];
}

/** Runs the workers of one kind: local processes, or Deployments. */
export interface Pool {
  /** @param fence of the step that looks @throws PoolFailure */
  read(fence: number): Promise<PoolState>;
  /** Says in its result what could not be done: in a pool of several parts, some of it may have been. */
  resize(change: PoolChange): Promise<PoolResult>;
  /** Takes back that these were to go, where an earlier step died before it had asked for it. @throws PoolFailure */
  spare(pods: readonly string[]): Promise<void>;
}

/** Whoever runs the pool could not be asked, or refused. */
export class PoolFailure extends Error {
  override readonly name = 'PoolFailure';
  readonly reason: PoolTrouble;

  constructor(reason: PoolTrouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
