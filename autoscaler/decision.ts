import type { GuardReason } from '../shared/control/guard.ts';
import type { Observation } from '../shared/control/observation.ts';
import type { ScaleOutcome } from '../shared/farm/farm-port.ts';
import type { FarmSnapshot } from '../shared/farm/snapshot.ts';
import type { PoolTrouble } from '../shared/farm/pool-trouble.ts';
import type { Refusal } from './policy-keeper.ts';

/** Why a step left the pool as it was, whatever the policy asked for. */
export type HoldReason = 'noData' | 'scalingFailed' | 'paused' | 'rolloutInProgress' | 'dryRun';

/** Why not the policy decided, but the fallback. */
export type FallbackReason = 'stepMismatch' | 'policyFailed' | 'policyRefused';

/** What a policy that decides was not made for. */
export type WarningReason = 'otherDispatch' | 'nothingAnnounced';

/** What a reason code means in one case, for people to read. */
export interface Reason<Code extends string> {
  readonly reason: Code;
  readonly detail: string;
}

/** Everything about one step, as one JSON line. */
export interface Decision {
  readonly version: 1;
  /** Seconds since the epoch on the farm's clock; absent where the farm could not be observed. */
  readonly atSeconds?: number;
  readonly fence: number;
  /** Who decided; absent where nobody was asked. */
  readonly policy?: string;
  /** Start of the SHA-256 of the file that decided; `rule` where it was none. */
  readonly policyVersion?: string;
  readonly fallback?: Reason<FallbackReason>;
  /** Content that is there and is not used: the policy that ran before goes on. */
  readonly refused?: readonly Refusal[];
  /** Why the one that decided does so less well than it could. */
  readonly warnings?: readonly Reason<WarningReason>[];
  readonly observation?: Observation;
  /** The pool as the step found it. */
  readonly pool?: FarmSnapshot['pool'];
  /** What the policy asked for; absent where it was not asked or asked for nothing. */
  readonly asked?: number;
  /** What was left of it within the guards. */
  readonly target?: number;
  readonly guards: readonly GuardReason[];
  /** `trouble` where it was the pool's. */
  readonly hold?: Reason<HoldReason> & { readonly trouble?: PoolTrouble };
  readonly outcome?: ScaleOutcome;
  /** Workers commanded when the step ended. */
  readonly workers?: number;
  /** What the step before was worth, by both rewards; absent after the first look. */
  readonly reward?: { readonly farmhand: number; readonly paper: number };
  /** How long the step took, by its own clock. */
  readonly tookSeconds: number;
}

/** The foremost reason of a decision: `policy` where the policy had its way. */
export function reasonOf({ hold, fallback, guards }: Decision): string {
  return hold?.reason ?? fallback?.reason ?? guards[0] ?? 'policy';
}
