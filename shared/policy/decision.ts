import { guardTarget } from '../control/guard.ts';
import type { GuardedTarget, GuardRules } from '../control/guard.ts';
import { observe } from '../control/observation.ts';
import type { FarmHistory, Observation } from '../control/observation.ts';
import type { FarmSnapshot } from '../farm/snapshot.ts';
import type { Decider } from './policy.ts';

/** What one step makes of one look at a farm. The live autoscaler, the environment and the simulator share it. */
export interface StepDecision {
  readonly observation: Observation;
  /** What the policy asked for; absent where it asked for nothing. */
  readonly asked?: number;
  readonly guarded: GuardedTarget;
}

/** snapshot → observe → decide → guard. */
export function decideStep(
  history: FarmHistory,
  snapshot: FarmSnapshot,
  decider: Decider,
  guards: GuardRules,
): StepDecision {
  const observation = observe(history, snapshot);
  const asked = decider.decide(observation);
  const guarded = guardTarget(observation.workers, asked ?? observation.workers, guards);
  return { observation, ...(asked === undefined ? {} : { asked }), guarded };
}
