/** One member of a pool: a pod, or a process. */
export interface PoolMember {
  readonly pod: string;
  /** It runs and answers; one that is still starting, or broken, is not. */
  readonly ready: boolean;
}

/** What the platform says of a pool. Members that are being removed are left out. */
export interface PoolState {
  readonly desired: number;
  readonly members: readonly PoolMember[];
}

export interface PoolChange {
  /** What `desired` was when the step looked: where it is something else by now, nothing is changed. */
  readonly from: number;
  readonly to: number;
  /** The members that a smaller pool is to lose: those that have drained. */
  readonly remove: readonly string[];
  /** Of the step: where a newer one has acted by now, nothing is changed. */
  readonly fence: number;
}

/** Runs the workers of one kind: local processes, or a Deployment. */
export interface Pool {
  /** @throws PoolAway */
  read(): Promise<PoolState>;
  /** @returns false where `from` no longer holds, or the step was overtaken. @throws PoolAway */
  resize(change: PoolChange): Promise<boolean>;
}

/** Whoever runs the pool could not be asked. */
export class PoolAway extends Error {
  override readonly name = 'PoolAway';
}
