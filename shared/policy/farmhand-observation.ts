import type { Observation } from '../control/observation.ts';
import type { ObservationSchema, Quantity } from './observation-schema.ts';

/** Stands for "nothing was there to see": below every figure that can be seen. */
const ABSENT = -1;

/** Seconds ahead of which the announced rate is told. */
const AHEAD_SECONDS = [6, 14, 22, 38] as const;

/**
 * The farm's own observations as a vector. None of them tells the time or the place in a schedule. What was not there
 * to see is −1, which nothing that was seen can be.
 *
 * @param maxWorkers the most that the farm may have
 * @param maxTasks waiting tasks beyond which the figures say no more
 */
export function farmhandObservation(maxWorkers: number, maxTasks = 800): ObservationSchema {
  const tasks = { unit: 'tasks', low: 0, high: maxTasks, absent: 0 };
  const workers = { unit: 'workers', low: 0, high: maxWorkers, absent: 0 };
  const load = { unit: 'workers', low: ABSENT, high: 4 * maxWorkers, absent: ABSENT };
  const rate = { unit: 'tasks/s', low: ABSENT, high: 100, absent: ABSENT };
  return {
    name: 'farmhand',
    quantities: [
      { name: 'waitingTasks', ...tasks, of: (seen) => seen.waitingTasks },
      { name: 'lostWaiting', ...tasks, of: (seen) => seen.lostWaiting },
      {
        ...{ name: 'waitingWorkSeconds', unit: 's', low: 0, high: 4 * maxTasks, absent: 0 },
        of: (seen) => seen.waitingWorkSeconds,
      },
      optional('leastSlackSeconds', 's', 30),
      { name: 'workers', ...workers, of: (seen) => seen.workers },
      { name: 'startingWorkers', ...workers, of: (seen) => seen.startingWorkers },
      { name: 'busyWorkers', ...workers, of: (seen) => seen.busyWorkers },
      { name: 'arrivalRatePerSecond', ...rate, of: (seen) => seen.arrivalRatePerSecond },
      { name: 'offeredLoad', ...load, of: (seen) => seen.offeredLoad },
      { name: 'offeredLoadFast', ...load, of: (seen) => seen.offeredLoadFast },
      { name: 'offeredLoadSlow', ...load, of: (seen) => seen.offeredLoadSlow },
      optional('meanServiceSeconds', 's', 30),
      optional('meanResponseSeconds', 's', 150),
      optional('maxResponseSeconds', 's', 160),
      optional('qos', 'share', 1),
      optional('secondsSinceAction', 's', 600),
      ...AHEAD_SECONDS.map((ahead): Quantity => ({
        name: `announcedRatePerSecondIn${String(ahead)}s`,
        ...rate,
        of: (seen) => seen.announcedRatePerSecond?.[ahead],
      })),
    ],
  };
}

type OptionalField =
  | 'leastSlackSeconds'
  | 'meanServiceSeconds'
  | 'meanResponseSeconds'
  | 'maxResponseSeconds'
  | 'qos'
  | 'secondsSinceAction';

function optional(name: OptionalField, unit: string, high: number): Quantity {
  return { name, unit, low: ABSENT, high, absent: ABSENT, of: (seen: Observation) => seen[name] };
}
