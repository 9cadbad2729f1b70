import type { PoolTrouble } from './pool-trouble.ts';
import type { FarmSnapshot, NoData } from './snapshot.ts';
import type { WorkerId } from './worker.ts';

/**
 * The join between whoever decides and a farm: the live one or a simulated one. The autoscaler's step and the
 * training environment both drive it, and neither can tell which farm it is.
 */
export interface Farm {
  /**
   * @param windowSeconds how far back the longest response time looks
   */
  observe(windowSeconds: number): Promise<FarmSnapshot | NoData>;
  /** Brings the pool to n workers. A scale-down drains first; what did not drain in time was not applied. */
  scaleTo(workers: number): Promise<ScaleOutcome>;
}

export interface ScaleOutcome {
  /** Workers commanded before and after this call. */
  readonly before: number;
  readonly asked: number;
  /** What the pool was set to: differs from `asked` where workers did not drain in time, or a call failed. */
  readonly applied: number;
  readonly started: number;
  /** Draining or drained workers that went back to work instead of new ones starting. */
  readonly takenBack: readonly WorkerId[];
  /** Workers that were sent a SYN in this step. */
  readonly draining: readonly WorkerId[];
  /** Workers that had acknowledged and were removed. */
  readonly removed: readonly WorkerId[];
  readonly failures: readonly ScaleFailure[];
}

/**
 * Part of a scaling action that did not happen, and why; or what the platform did otherwise than it was asked.
 * - `synExpired`, `ackPending`: workers that have not drained in time.
 * - `unready`: a worker that has not drained would be removed instead of one that has.
 * - `clamped`: something keeps the pool smaller than it was asked to be, step after step.
 * - `rollout`: the pool's members are being replaced; it is not scaled meanwhile.
 * - `otherRemoved`: another member was removed than the one that had drained.
 */
export interface ScaleFailure {
  readonly reason:
    'synExpired' | 'ackPending' | 'unready' | 'clamped' | 'rollout' | 'otherRemoved' | PoolTrouble;
  readonly detail: string;
}
