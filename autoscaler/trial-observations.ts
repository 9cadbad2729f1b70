import type { Observation } from '../shared/control/observation.ts';

/** A farm of which nothing is known yet. */
export const QUIET: Observation = {
  collectedTasks: 0,
  waitingTasks: 0,
  answeredTasks: 0,
  waitingWorkSeconds: 0,
  lostWaiting: 0,
  workers: 1,
  startingWorkers: 0,
  busyWorkers: 0,
};

/** A farm at work. */
export const BUSY: Observation = {
  ...QUIET,
  collectedTasks: 200,
  waitingTasks: 30,
  waitingWorkSeconds: 45,
  workers: 12,
  busyWorkers: 12,
  intervalSeconds: 8,
  arrivalRatePerSecond: 6,
  offeredLoad: 9,
  offeredLoadFast: 8.5,
  offeredLoadSlow: 7,
  offeredLoadPeak: 9,
  offeredLoadMean: 7,
  expectedServiceSeconds: 1.5,
  meanServiceSeconds: 1.4,
  meanResponseSeconds: 2,
  maxResponseSeconds: 4,
  qos: 0.95,
};

/** A farm that is flooded, and has been left alone for an hour. */
export const FLOODED: Observation = {
  ...BUSY,
  waitingTasks: 5000,
  waitingWorkSeconds: 7500,
  lostWaiting: 4000,
  qos: 0,
  secondsSinceAction: 3600,
  announcedRatePerSecond: new Array<number>(60).fill(12),
};
