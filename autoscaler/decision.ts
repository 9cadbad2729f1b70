import type { GuardReason } from '../shared/control/guard.ts';
import type { Observation } from '../shared/control/observation.ts';
import type { ScaleOutcome } from '../shared/farm/farm-port.ts';

/** Why a step left the pool as it was, without asking a policy. */
export type HoldReason = 'noData' | 'scalingFailed';

/** Everything about one step, as one JSON line. */
export interface Decision {
  readonly version: 1;
  /** Seconds since the epoch on the farm's clock; absent where the farm could not be observed. */
  readonly atSeconds?: number;
  readonly fence: number;
  readonly policy: string;
  readonly observation?: Observation;
  /** What the policy asked for; absent where it was not asked or asked for nothing. */
  readonly asked?: number;
  /** What was left of it within the guards. */
  readonly target?: number;
  readonly guards: readonly GuardReason[];
  readonly hold?: { readonly reason: HoldReason; readonly detail: string };
  readonly outcome?: ScaleOutcome;
  /** Workers commanded when the step ended. */
  readonly workers?: number;
  /** How long the step took, by its own clock. */
  readonly tookSeconds: number;
}
