import type { Observation } from '../control/observation.ts';
import { memoryless } from './policy.ts';
import type { Policy } from './policy.ts';

export interface StaffingConstants {
  /** Safety above the load, in units of its square root; dimensionless. */
  readonly safety: number;
  /** Share of the waiting work to be done within one step; from 0 to 1. */
  readonly backlogShare: number;
  /** Length of a step. */
  readonly stepSeconds: number;
}

export const DEFAULT_STAFFING: StaffingConstants = { safety: 1, backlogShare: 0.5, stepSeconds: 8 };

/**
 * Square-root staffing: workers = load + safety · √load, where the load is arrival rate × service time (Erlang; Halfin
 * and Whitt 1981), and what it takes to work off the backlog. Where arrivals are announced, it prepares for the
 * highest rate of the coming step.
 */
export function staffing(constants: StaffingConstants): Policy {
  return memoryless('staffing', (observation) => staffed(observation, constants));
}

function staffed(observation: Observation, constants: StaffingConstants): number | undefined {
  const { safety, backlogShare, stepSeconds } = constants;
  const { meanServiceSeconds, waitingWorkSeconds, announcedRatePerSecond } = observation;
  // It is unknown how long work takes, or how much of it comes: keep what is there.
  if (meanServiceSeconds === undefined) return undefined;
  if (observation.arrivalRatePerSecond === undefined && announcedRatePerSecond === undefined)
    return undefined;
  const coming = announcedRatePerSecond?.slice(0, Math.ceil(stepSeconds) + 1) ?? [];
  const ratePerSecond = Math.max(observation.arrivalRatePerSecond ?? 0, ...coming);
  const load = ratePerSecond * meanServiceSeconds;
  return Math.ceil(load + safety * Math.sqrt(load) + (backlogShare * waitingWorkSeconds) / stepSeconds);
}
