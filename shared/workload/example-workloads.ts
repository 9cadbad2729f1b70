import { workloadFor } from './named-workloads.ts';
import type { Phase } from './phase.ts';
import { oscillating, steady } from './phase.ts';
import { RandomStream } from './random-stream.ts';
import type { Workload } from './workload.ts';

/**
 * Loads of other shapes than the published one, for training and comparison. All are plain workloads: printed as
 * JSON they are workload files. Those drawn by chance (`shuffled`, `bursts`) follow from the seed.
 */
export const exampleNames = Object.freeze([
  'shuffled',
  'constant',
  'step',
  'ramp',
  'sine',
  'bursts',
  'flash-crowd',
  'heavy-tailed',
] as const);

export type ExampleName = (typeof exampleNames)[number];

export function isExampleName(text: string): text is ExampleName {
  return (exampleNames as readonly string[]).includes(text);
}

export function exampleWorkload(name: ExampleName, seed: number): Workload {
  switch (name) {
    case 'shuffled':
      return { ...workloadFor('paper', seed), name, phases: shuffledPhases(seed) };
    case 'heavy-tailed':
      return {
        ...episode,
        name,
        phases: [steady(1, 480)],
        service: HEAVY_TAILED,
      };
    default:
      return { ...episode, name, phases: shapes[name](seed) };
  }
}

/** Eight minutes in steps of 8 s, 5 tasks/s at multiplier 1, the published service times. */
const episode = Object.freeze({
  stepSeconds: 8,
  steps: 60,
  initialWorkers: 10,
  minWorkers: 1,
  maxWorkers: 40,
  startDelaySeconds: 5.5,
  baseRatePerSecond: 5,
  arrivals: 'poisson',
  service: Object.freeze({ shape: 4, meanSeconds: 1.5, noiseCv: 0 }),
}) satisfies Partial<Workload>;

/** A wide spread of sizes, and work that now and then takes far longer than expected: 2 % of it over twice as long. */
const HEAVY_TAILED = Object.freeze({ shape: 2, meanSeconds: 1.5, noiseCv: 0.4 });

const shapes: Readonly<
  Record<Exclude<ExampleName, 'shuffled' | 'heavy-tailed'>, (seed: number) => readonly Phase[]>
> = {
  constant: () => [steady(1, 480)],
  step: () => [steady(0.5, 240), steady(1.5, 240)],
  ramp: () => staircase(0.3, 1.8, 480),
  sine: () => [oscillating({ midpoint: 1, amplitude: 0.6, cycles: 4 }, 480)],
  bursts: (seed) => burstPhases(seed, 480),
  'flash-crowd': () => [
    steady(0.4, 200),
    ...staircase(0.4, 3, 32),
    steady(3, 40),
    ...staircase(3, 0.4, 88),
    steady(0.4, 120),
  ],
};

/** The four published phases in an order drawn from the seed (Fisher and Yates). */
function shuffledPhases(seed: number): readonly Phase[] {
  const stream = new RandomStream(seed, 'schedule');
  const phases = [...workloadFor('paper-oscillating', seed).phases];
  for (let last = phases.length - 1; last > 0; last -= 1) {
    const other = stream.integer(0, last);
    const [a, b] = [phases[last], phases[other]];
    if (a === undefined || b === undefined) continue;
    phases[last] = b;
    phases[other] = a;
  }
  return phases;
}

/** Seconds for which a ramp stays at one height: phases are flat or swing, so a ramp is a staircase. */
const STAIR_SECONDS = 8;

function staircase(from: number, to: number, seconds: number): readonly Phase[] {
  const stairs = Math.round(seconds / STAIR_SECONDS);
  return Array.from({ length: stairs }, (_, stair) =>
    steady(from + ((to - from) * (stair + 0.5)) / stairs, seconds / stairs),
  );
}

/** Means of the two states of the bursts: how long they last, and their multiples of the base rate. */
const QUIET = { meanSeconds: 60, multiplier: 0.5 };
const BURST = { meanSeconds: 20, multiplier: 2.2 };

/** A Markov-modulated Poisson process of two states, which last for exponential times. */
function burstPhases(seed: number, seconds: number): readonly Phase[] {
  const stream = new RandomStream(seed, 'schedule');
  const phases: Phase[] = [];
  let left = seconds;
  for (let isBurst = false; left > 0; isBurst = !isBurst) {
    const state = isBurst ? BURST : QUIET;
    const lasts = Math.min(left, stream.exponential(state.meanSeconds));
    if (lasts > 0) phases.push(steady(state.multiplier, lasts));
    left -= lasts;
  }
  return phases;
}
