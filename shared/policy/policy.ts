import type { Observation } from '../control/observation.ts';

/** Decides how many workers a farm should have. The same observations in the same order give the same decisions. */
export interface Policy {
  readonly name: string;
  /** The number of workers wanted from now on; not yet held within bounds. Undefined: keep what is there. */
  decide(observation: Observation): number | undefined;
}
