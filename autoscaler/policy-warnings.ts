import type { DispatchOrder } from '../shared/farm/dispatch-order.ts';
import type { Reason, WarningReason } from './decision.ts';
import type { UsablePolicy } from './usable-policy.ts';

/** What the farm does that a policy may not have been made for. */
export interface FarmHabits {
  readonly dispatch: DispatchOrder;
  /** Somebody says which arrivals are planned. */
  readonly isAnnounced: boolean;
}

/** Why a policy that decides does so less well than its scores say, and what to do about it. */
export function warningsOn(policy: UsablePolicy, farm: FarmHabits): readonly Reason<WarningReason>[] {
  const { name, dispatch = farm.dispatch, announced = false } = policy;
  const warnings: Reason<WarningReason>[] = [];
  if (dispatch !== farm.dispatch) {
    const detail =
      `${name} was made for a farm that serves by ${dispatch}, and this one serves by ${farm.dispatch}: set DISPATCH=${dispatch} ` +
      `at the emitter, or name a policy in POLICY that was made for ${farm.dispatch}`;
    warnings.push({ reason: 'otherDispatch', detail });
  }
  if (announced && !farm.isAnnounced) {
    const detail =
      `${name} was made for a load that is announced, and nothing is announced: name one in POLICY, behind it and a comma, ` +
      'that was made for work from outside (its "announced" is false)';
    warnings.push({ reason: 'nothingAnnounced', detail });
  }
  return warnings;
}
