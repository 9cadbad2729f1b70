import type { Phase } from './phase.ts';
import { oscillating, steady } from './phase.ts';
import { RandomStream } from './random-stream.ts';
import type { Workload } from './workload.ts';

/** The workloads that have a name; every other one is a workload file. */
export const workloadNames = Object.freeze(['paper', 'paper-oscillating', 'paper-random'] as const);

export type WorkloadName = (typeof workloadNames)[number];

export function isWorkloadName(text: string): text is WorkloadName {
  return (workloadNames as readonly string[]).includes(text);
}

/** The workload of that name. Only `paper-random` depends on the seed: its schedule is drawn from it. */
export function workloadFor(name: WorkloadName, seed: number): Workload {
  switch (name) {
    case 'paper':
      return { ...publishedEpisode, name, arrivals: 'counted', phases: flatPhases };
    case 'paper-oscillating':
      return { ...publishedEpisode, name, arrivals: 'counted', phases: documentedPhases };
    case 'paper-random':
      return { ...publishedEpisode, name, arrivals: 'poisson', phases: randomPhases(seed) };
  }
}

/** The published set-up: 300 tasks a minute, 30 steps of 8 s, 12 workers at the start, 5.5 s median scale-up. */
const publishedEpisode = Object.freeze({
  stepSeconds: 8,
  steps: 30,
  initialWorkers: 12,
  minWorkers: 1,
  maxWorkers: 32,
  startDelaySeconds: 5.5,
  baseRatePerSecond: 5,
  service: Object.freeze({ shape: 4, meanSeconds: 1.5, noiseCv: 0 }),
});

/** What the published generator really made: its oscillating rate was logged, not used. */
const flatPhases: readonly Phase[] = Object.freeze([
  steady(0.3, 60),
  steady(1.5, 60),
  steady(1, 60),
  steady(1, 60),
]);

/** What the publication documents: a slow swing of 0.5 to 1.5, then a fast one of 0.3 to 1.7. */
const documentedPhases: readonly Phase[] = Object.freeze([
  steady(0.3, 60),
  steady(1.5, 60),
  oscillating({ midpoint: 1, amplitude: 0.5, cycles: 1 }, 60),
  oscillating({ midpoint: 1, amplitude: 0.7, cycles: 4 }, 60),
]);

const RANDOM_PHASES = 4;
const RANDOM_SCHEDULE_SECONDS = 240;

/** Four phases whose lengths (30 to 90 s before scaling) are scaled together to 240 s: a schedule nobody can learn by heart. */
function randomPhases(seed: number): readonly Phase[] {
  const stream = new RandomStream(seed, 'schedule');
  const lengths = Array.from({ length: RANDOM_PHASES }, () => stream.uniform(30, 90));
  const scale = RANDOM_SCHEDULE_SECONDS / lengths.reduce((sum, length) => sum + length, 0);
  return lengths.map((length) => randomPhase(stream, length * scale));
}

function randomPhase(stream: RandomStream, seconds: number): Phase {
  if (stream.unit() < 0.5) return steady(stream.uniform(0.3, 1.6), seconds);
  const midpoint = stream.uniform(0.6, 1.2);
  // The trough stays at 0.1 of the base rate or above.
  const amplitude = Math.min(midpoint - 0.1, stream.uniform(0.2, 0.6));
  return oscillating({ midpoint, amplitude, cycles: stream.integer(1, 4) }, seconds);
}
