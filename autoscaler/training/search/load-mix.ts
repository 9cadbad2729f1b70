import { exampleWorkload } from '../../../shared/workload/example-workloads.ts';
import type { ExampleName } from '../../../shared/workload/example-workloads.ts';
import { workloadFor } from '../../../shared/workload/named-workloads.ts';
import type { Workload } from '../../../shared/workload/workload.ts';

/** One of the loads on which a setting for all loads is tuned. */
export interface MixedLoad {
  readonly name: string;
  readonly workload: (seed: number) => Workload;
}

/** Loads of many shapes, from half a task a second to twenty. */
export const loadMix: readonly MixedLoad[] = [
  { name: 'paper-random', workload: (seed) => workloadFor('paper-random', seed) },
  example('shuffled', 1),
  example('constant', 0.1),
  example('constant', 2),
  example('step', 0.2),
  example('step', 2),
  example('ramp', 1),
  example('sine', 0.5),
  example('sine', 4),
  example('bursts', 0.3),
  example('bursts', 2),
  example('flash-crowd', 0.6),
  example('heavy-tailed', 1),
];

function example(name: ExampleName, scale: number): MixedLoad {
  return {
    name: `${name} × ${String(scale)}`,
    workload: (seed) => scaled(exampleWorkload(name, seed), scale),
  };
}

/** So many times the load, and a pool in proportion. */
function scaled(workload: Workload, scale: number): Workload {
  const { baseRatePerSecond, initialWorkers, maxWorkers } = workload;
  return {
    ...workload,
    name: `${workload.name} × ${String(scale)}`,
    baseRatePerSecond: baseRatePerSecond * scale,
    initialWorkers: Math.max(2, Math.round(initialWorkers * scale)),
    maxWorkers: Math.max(12, Math.round(maxWorkers * scale)),
  };
}
