import type { Phase } from './phase.ts';
import { multiplierAt, multiplierIntegral } from './phase.ts';

/** What load is planned when: phases one after the other, each a multiple of the base rate (tasks per second). */
export interface Schedule {
  readonly baseRatePerSecond: number;
  readonly phases: readonly Phase[];
}

/** Length of all phases together, in seconds. */
export function scheduleSeconds(schedule: Schedule): number {
  return schedule.phases.reduce((sum, phase) => sum + phase.seconds, 0);
}

/** Planned arrivals per second at a time; 0 before the first phase and after the last. */
export function rateAt(schedule: Schedule, seconds: number): number {
  if (seconds < 0) return 0;
  let phaseStartSeconds = 0;
  for (const phase of schedule.phases) {
    const secondsIntoPhase = seconds - phaseStartSeconds;
    if (secondsIntoPhase < phase.seconds) {
      return schedule.baseRatePerSecond * multiplierAt(phase, secondsIntoPhase);
    }
    phaseStartSeconds += phase.seconds;
  }
  return 0;
}

/** Arrivals to be expected from one time to another: the integral of the rate, in closed form. */
export function expectedArrivals(schedule: Schedule, fromSeconds: number, toSeconds: number): number {
  let phaseStartSeconds = 0;
  let integralSeconds = 0;
  for (const phase of schedule.phases) {
    const from = Math.max(0, fromSeconds - phaseStartSeconds);
    const to = Math.min(phase.seconds, toSeconds - phaseStartSeconds);
    if (to > from) integralSeconds += multiplierIntegral(phase, from, to);
    phaseStartSeconds += phase.seconds;
  }
  return schedule.baseRatePerSecond * integralSeconds;
}
