import type { Schedule } from './schedule.ts';
import { rateAt } from './schedule.ts';

/**
 * How arrivals are drawn from the schedule: `poisson`, a Poisson process of the planned rate; `counted`, an exact
 * number of tasks per phase, as the paper draws them (both described in arrivals.ts).
 */
export type ArrivalKind = 'poisson' | 'counted';

/** Service times: Gamma by shape and mean, held within the calibrated image sizes; the real one is noisy about it. */
export interface ServiceDistribution {
  readonly shape: number;
  readonly meanSeconds: number;
  /** Coefficient of variation of real / expected service time, which is lognormal with mean 1; 0 for no noise. */
  readonly noiseCv: number;
}

/** What has to be known to draw tasks: all that an emitter needs. */
export interface Load extends Schedule {
  readonly arrivals: ArrivalKind;
  readonly service: ServiceDistribution;
}

/** A load with the episode in which a policy meets it. The fields are those of a workload file. */
export interface Workload extends Load {
  readonly name: string;
  readonly stepSeconds: number;
  readonly steps: number;
  readonly initialWorkers: number;
  readonly minWorkers: number;
  readonly maxWorkers: number;
  /** From the decision to add a worker until it serves. */
  readonly startDelaySeconds: number;
}

/** Time in which a policy decides: steps · stepSeconds. Collecting what is left comes after it and costs nothing. */
export function episodeSeconds(workload: Workload): number {
  return workload.steps * workload.stepSeconds;
}

/** The arrival rate (tasks per second) that an emitter of this load announces for a time of its schedule. */
export function announcedRate(load: Schedule, seconds: number): number {
  return rateAt(load, seconds);
}
