import type { FarmHistory } from '../shared/control/observation.ts';
import type { DeciderMemory } from '../shared/policy/policy.ts';

/** What a step leaves for the next one, whichever autoscaler takes it. Plain data, kept in Redis. */
export interface StepMemory {
  readonly history: FarmHistory;
  /** Of the step that left this; where the next one's is not the one after it, a step came to nothing in between. */
  readonly fence: number;
  /** Steps in a row in which every read and write went well. */
  readonly healthySteps: number;
  /** Workers that the step added; negative where it removed some. */
  readonly delta: number;
  /** Of the policy that decided; one of another version begins anew. */
  readonly decider?: { readonly policy: string; readonly memory: DeciderMemory };
}

export const NO_MEMORY: StepMemory = { history: {}, fence: 0, healthySteps: 0, delta: 0 };

/** Healthy steps in a row up to the one with this fencing number. */
export function healthyBefore(memory: StepMemory, fence: number): number {
  return memory.fence === fence - 1 ? memory.healthySteps : 0;
}
