import type { Observation } from '../../shared/control/observation.ts';
import type { Counters } from '../../shared/farm/counters.ts';
import type { FarmSnapshot } from '../../shared/farm/snapshot.ts';

/** Counters of a farm in which nothing has happened; say what has. */
export function someCounters(overrides: Partial<Counters> = {}): Counters {
  const zero = {
    admitted: 0,
    admittedWorkSeconds: 0,
    requeued: 0,
    enqueued: 0,
    claimed: 0,
    answered: 0,
    handedBack: 0,
    attemptsFailed: 0,
    superseded: 0,
    retried: 0,
    withdrawn: 0,
    lateAnswers: 0,
    completed: 0,
    failed: 0,
    invalid: 0,
    met: 0,
    missed: 0,
    cancelled: 0,
    synExpired: 0,
    ackRefused: 0,
    responseSecondsSum: 0,
    serviceSecondsSum: 0,
    workerSecondsEnded: 0,
  } satisfies Record<keyof Counters | 'workerSecondsEnded', number>;
  return { ...zero, ...overrides };
}

/** One look at a farm of two idle workers where nothing has happened; say what has. */
export function aSnapshot(overrides: Partial<FarmSnapshot> = {}): FarmSnapshot {
  return {
    kind: 'snapshot',
    atSeconds: 1000,
    counters: someCounters(),
    held: { waiting: 0, delayed: 0, leased: 0, answered: 0 },
    overdueHeld: 0,
    lostWaiting: 0,
    waitingWorkSeconds: 0,
    workforce: { starting: 0, idle: 2, busy: 0, draining: 0, drained: 0 },
    pool: { desired: 2, present: 2, ready: 2 },
    ...overrides,
  };
}

/** What is seen of four workers that serve one-second tasks, none of which came lately; say what else there was. */
export function anObservation(overrides: Partial<Observation> = {}): Observation {
  return {
    collectedTasks: 100,
    intervalSeconds: 8,
    arrivalRatePerSecond: 0,
    offeredLoad: 0,
    offeredLoadFast: 0,
    offeredLoadSlow: 0,
    meanServiceSeconds: 1,
    waitingTasks: 0,
    answeredTasks: 0,
    waitingWorkSeconds: 0,
    lostWaiting: 0,
    workers: 4,
    startingWorkers: 0,
    busyWorkers: 0,
    ...overrides,
  };
}
