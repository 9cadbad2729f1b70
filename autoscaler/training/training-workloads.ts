import { workloadFor } from '../../shared/workload/named-workloads.ts';
import { oscillating, steady } from '../../shared/workload/phase.ts';
import type { Phase } from '../../shared/workload/phase.ts';
import { RandomStream } from '../../shared/workload/random-stream.ts';
import type { Workload } from '../../shared/workload/workload.ts';

/**
 * Where the workloads of a training run come from: a named one, or `mixed`, drawn anew for every seed at any size and
 * shape, so that nothing is learned that holds at one size only.
 */
export type TrainingSource = 'paper-random' | 'paper' | 'mixed';

export function trainingWorkload(source: TrainingSource, seed: number): Workload {
  return source === 'mixed' ? mixedWorkload(seed) : workloadFor(source, seed);
}

/** Long runs of many tasks cost time and teach little. */
const MOST_TASKS = 2000;

function mixedWorkload(seed: number): Workload {
  const stream = new RandomStream(seed, 'trainingWorkload');
  const baseRatePerSecond = 0.1 * Math.exp(stream.uniform(0, Math.log(250)));
  const stepSeconds = [4, 8, 8, 8, 12, 20][stream.integer(0, 5)] ?? 8;
  const seconds = Math.max(20 * stepSeconds, Math.min(1200, MOST_TASKS / baseRatePerSecond));
  const steps = Math.round(seconds / stepSeconds);
  const service = { shape: stream.uniform(2, 6), meanSeconds: stream.uniform(0.5, 1.8), noiseCv: 0 };
  const load = baseRatePerSecond * service.meanSeconds;
  return {
    name: 'mixed',
    baseRatePerSecond,
    stepSeconds,
    steps,
    service,
    arrivals: 'poisson',
    phases: mixedPhases(stream, steps * stepSeconds),
    initialWorkers: Math.max(1, Math.round(load * stream.uniform(0.8, 1.6) + 1)),
    minWorkers: 1,
    maxWorkers: 128,
    startDelaySeconds: stream.uniform(2, 8),
  };
}

function mixedPhases(stream: RandomStream, seconds: number): readonly Phase[] {
  switch (stream.integer(0, 3)) {
    case 0:
      return [steady(stream.uniform(0.7, 1.2), seconds)];
    case 1:
      return flashCrowd(stream, seconds);
    case 2:
      return slowSwing(stream, seconds);
    default:
      return patches(stream, seconds);
  }
}

/** A burst in an otherwise steady load. */
function flashCrowd(stream: RandomStream, seconds: number): readonly Phase[] {
  const calm = stream.uniform(0.3, 0.8);
  const burst = stream.uniform(1.5, 3);
  const burstSeconds = stream.uniform(0.08, 0.3) * seconds;
  const before = stream.uniform(0.2, 0.8) * (seconds - burstSeconds);
  return [steady(calm, before), steady(burst, burstSeconds), steady(calm, seconds - before - burstSeconds)];
}

function slowSwing(stream: RandomStream, seconds: number): readonly Phase[] {
  const cycles = stream.integer(1, Math.max(1, Math.floor(seconds / 60)));
  return [oscillating({ midpoint: 0.9, amplitude: stream.uniform(0.2, 0.7), cycles }, seconds)];
}

/** Steady stretches and swings of 30 s to some minutes, one after the other. */
function patches(stream: RandomStream, seconds: number): readonly Phase[] {
  const phases: Phase[] = [];
  const count = Math.max(2, Math.round(seconds / stream.uniform(40, 150)));
  for (let patch = 0; patch < count; patch += 1) {
    const length = seconds / count;
    if (stream.unit() < 0.6) phases.push(steady(stream.uniform(0.2, 1.6), length));
    else {
      const cycles = stream.integer(1, 2);
      phases.push(
        oscillating(
          { midpoint: stream.uniform(0.7, 1.1), amplitude: stream.uniform(0.2, 0.5), cycles },
          length,
        ),
      );
    }
  }
  return phases;
}
