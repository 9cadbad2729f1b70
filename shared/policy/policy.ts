import type { Observation } from '../control/observation.ts';

/** Decides how many workers a farm should have. */
export interface Policy {
  readonly name: string;
  /**
   * How often it wants to be asked, where it insists; it then also keeps its own limits, and the step limit does not
   * bind it. Absent for all but emulations of other autoscalers.
   */
  readonly ownStepSeconds?: number;
  /** Workers from the first second on, where a policy is one about that; the workload says otherwise. */
  readonly initialWorkers?: number;
  /**
   * One farm's, or one episode's, decisions. The same observations in the same order give the same decisions.
   *
   * @param memory what an earlier decider of the same policy left: this one goes on where that one stopped
   */
  begin(memory?: DeciderMemory): Decider;
}

/** What a decider carries from one decision to the next. Plain data: the live autoscaler keeps it in Redis. */
export type DeciderMemory = Readonly<Record<string, number>>;

export interface Decider {
  /** The number of workers wanted from now on; not yet held within bounds. Undefined: keep what is there. */
  decide(observation: Observation): number | undefined;
  /** Absent where it remembers nothing, or where it never decides live. */
  memory?(): DeciderMemory;
}

/** A policy that remembers nothing between its decisions. */
export function memoryless(name: string, decide: Decider['decide']): Policy {
  return { name, begin: () => ({ decide }) };
}
