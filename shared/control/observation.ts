import { qosBetween } from '../farm/qos.ts';
import type { FarmSnapshot } from '../farm/snapshot.ts';

/**
 * What a policy sees of a farm at one step. Absent means that nothing was there to see, never zero.
 * `observation-table.ts` has unit and range of every quantity. Only the first two tell the time of a schedule, and
 * only the paper's schema takes them.
 */
export interface Observation {
  /** Phases of a load that are not over; absent where there is no load with phases. */
  readonly phasesLeft?: number;
  /** Tasks collected since the farm began. */
  readonly collectedTasks: number;
  /** Time since the previous look, by which rates divide. It and the rates are absent at the first look. */
  readonly intervalSeconds?: number;
  readonly arrivalRatePerSecond?: number;
  /** Work that arrived since the previous look, by the expected service time: workers that it keeps busy. */
  readonly offeredLoad?: number;
  /** The same, smoothed over about 2 and 6 looks. */
  readonly offeredLoadFast?: number;
  readonly offeredLoadSlow?: number;
  /** The highest load of late: it rises with the load at once, and sinks towards it over about 20 looks. */
  readonly offeredLoadPeak?: number;
  /** Its mean over about 30 looks, or over those that there were. */
  readonly offeredLoadMean?: number;
  /** Mean expected service time of the tasks that arrived, over about 30 looks; absent where none came. */
  readonly expectedServiceSeconds?: number;
  /** Mean service time of the tasks collected since the previous look, or since the farm began where there were none. */
  readonly meanServiceSeconds?: number;
  readonly waitingTasks: number;
  readonly answeredTasks: number;
  /** Expected service time of all waiting tasks together. */
  readonly waitingWorkSeconds: number;
  /** Waiting tasks that can no longer meet their deadline. */
  readonly lostWaiting: number;
  /** Of the waiting tasks that can still make it; absent where there are none. */
  readonly leastSlackSeconds?: number;
  /** Workers commanded, draining ones left out. */
  readonly workers: number;
  readonly startingWorkers: number;
  readonly busyWorkers: number;
  /** From 0 to 1, since the previous look; absent where nothing fell due. */
  readonly qos?: number;
  /** Of the tasks collected since the previous look; absent where there were none. */
  readonly meanResponseSeconds?: number;
  readonly maxResponseSeconds?: number;
  /** Absent where the pool was never changed. */
  readonly secondsSinceAction?: number;
  /** Planned arrivals, one figure a second from now on; absent where nothing is announced. */
  readonly announcedRatePerSecond?: readonly number[];
}

/** What has to be remembered from look to look. Plain data: the live autoscaler keeps it in Redis. */
export interface FarmHistory {
  readonly before?: FarmSnapshot;
  readonly offeredLoadFast?: number;
  readonly offeredLoadSlow?: number;
  readonly offeredLoadPeak?: number;
  /** Tasks that arrived, and their expected service times, older looks counting less. */
  readonly arrivedTasks?: number;
  readonly arrivedWorkSeconds?: number;
  /** The time in which they arrived, older looks counting less. */
  readonly arrivedInSeconds?: number;
  readonly lastActionAtSeconds?: number;
}

/** Weights of the newest look in the smoothed loads. */
const FAST = 0.5;
const SLOW = 0.15;
const PEAK_FALL = 0.05;
/** What an earlier look still counts among the arrived tasks. */
const ARRIVED_KEPT = 0.97;

type Draft = { -readonly [Key in keyof Observation]: Observation[Key] };

/** Turns a look at a farm, and what is remembered of earlier ones, into what a policy sees. */
export function observe(history: FarmHistory, now: FarmSnapshot): Observation {
  const before = comparable(history.before, now);
  const { starting, busy, draining, drained } = now.workforce;
  const seen: Draft = {
    collectedTasks: now.counters.completed + now.counters.failed,
    waitingTasks: now.held.waiting,
    answeredTasks: now.held.answered,
    waitingWorkSeconds: now.waitingWorkSeconds,
    lostWaiting: now.lostWaiting,
    workers: Math.max(0, now.pool.desired - draining - drained),
    startingWorkers: starting,
    busyWorkers: busy,
  };
  if (now.phasesLeft !== undefined) seen.phasesLeft = now.phasesLeft;
  if (before !== undefined) addRates(seen, ratesBetween(history, before, now));
  addWhatMayBeAbsent(seen, history, now);
  return seen;
}

/** The history after a look, and after the step has acted on it. */
export function remember(history: FarmHistory, now: FarmSnapshot, acted: boolean): FarmHistory {
  const before = comparable(history.before, now);
  const next: { -readonly [Key in keyof FarmHistory]: FarmHistory[Key] } = { before: now };
  if (before !== undefined) {
    const rates = ratesBetween(history, before, now);
    next.offeredLoadFast = rates.offeredLoadFast;
    next.offeredLoadSlow = rates.offeredLoadSlow;
    next.offeredLoadPeak = rates.offeredLoadPeak;
    next.arrivedTasks = rates.arrivedTasks;
    next.arrivedWorkSeconds = rates.arrivedWorkSeconds;
    next.arrivedInSeconds = rates.arrivedInSeconds;
  }
  const lastActionAtSeconds = acted ? now.atSeconds : history.lastActionAtSeconds;
  if (lastActionAtSeconds !== undefined) next.lastActionAtSeconds = lastActionAtSeconds;
  return next;
}

/** The earlier look, unless no time has passed since, or the farm was made anew in between. */
function comparable(before: FarmSnapshot | undefined, now: FarmSnapshot): FarmSnapshot | undefined {
  if (before === undefined || before.atSeconds >= now.atSeconds) return undefined;
  return now.counters.admitted < before.counters.admitted ? undefined : before;
}

interface Rates {
  readonly intervalSeconds: number;
  readonly arrivalRatePerSecond: number;
  readonly offeredLoad: number;
  readonly offeredLoadFast: number;
  readonly offeredLoadSlow: number;
  readonly offeredLoadPeak: number;
  readonly arrivedTasks: number;
  readonly arrivedWorkSeconds: number;
  readonly arrivedInSeconds: number;
}

function ratesBetween(history: FarmHistory, before: FarmSnapshot, now: FarmSnapshot): Rates {
  const intervalSeconds = now.atSeconds - before.atSeconds;
  const workSeconds = now.counters.admittedWorkSeconds - before.counters.admittedWorkSeconds;
  const tasks = now.counters.admitted - before.counters.admitted;
  const offeredLoad = workSeconds / intervalSeconds;
  const {
    offeredLoadPeak = offeredLoad,
    arrivedTasks = 0,
    arrivedWorkSeconds = 0,
    arrivedInSeconds = 0,
  } = history;
  return {
    intervalSeconds,
    arrivalRatePerSecond: tasks / intervalSeconds,
    offeredLoad,
    offeredLoadFast: smoothed(history.offeredLoadFast, offeredLoad, FAST),
    offeredLoadSlow: smoothed(history.offeredLoadSlow, offeredLoad, SLOW),
    offeredLoadPeak: Math.max(offeredLoad, smoothed(offeredLoadPeak, offeredLoad, PEAK_FALL)),
    arrivedTasks: ARRIVED_KEPT * arrivedTasks + tasks,
    arrivedWorkSeconds: ARRIVED_KEPT * arrivedWorkSeconds + workSeconds,
    arrivedInSeconds: ARRIVED_KEPT * arrivedInSeconds + intervalSeconds,
  };
}

function addRates(seen: Draft, rates: Rates): void {
  seen.intervalSeconds = rates.intervalSeconds;
  seen.arrivalRatePerSecond = rates.arrivalRatePerSecond;
  seen.offeredLoad = rates.offeredLoad;
  seen.offeredLoadFast = rates.offeredLoadFast;
  seen.offeredLoadSlow = rates.offeredLoadSlow;
  seen.offeredLoadPeak = rates.offeredLoadPeak;
  seen.offeredLoadMean = rates.arrivedWorkSeconds / rates.arrivedInSeconds;
  if (rates.arrivedTasks > 0) seen.expectedServiceSeconds = rates.arrivedWorkSeconds / rates.arrivedTasks;
}

/** Assigned one by one rather than spread: this runs at every step of millions of training episodes. */
function addWhatMayBeAbsent(seen: Draft, history: FarmHistory, now: FarmSnapshot): void {
  const before = comparable(history.before, now);
  const service = meanOf('serviceSecondsSum', before, now) ?? meanOf('serviceSecondsSum', undefined, now);
  const response = meanOf('responseSecondsSum', before, now);
  const qos = qosBetween(before?.counters ?? NOTHING_DUE, now.counters, now.overdueHeld);
  const announced = announcedFromNow(now);
  const { lastActionAtSeconds } = history;
  if (service !== undefined) seen.meanServiceSeconds = service;
  if (now.leastSlackSeconds !== undefined) seen.leastSlackSeconds = now.leastSlackSeconds;
  if (qos !== undefined) seen.qos = qos;
  if (response !== undefined) seen.meanResponseSeconds = response;
  if (now.maxResponseSeconds !== undefined) seen.maxResponseSeconds = now.maxResponseSeconds;
  if (lastActionAtSeconds !== undefined) seen.secondsSinceAction = now.atSeconds - lastActionAtSeconds;
  if (announced !== undefined) seen.announcedRatePerSecond = announced;
}

const NOTHING_DUE = { met: 0, missed: 0 };

function smoothed(before: number | undefined, now: number, weight: number): number {
  return before === undefined ? now : before + weight * (now - before);
}

/** Mean over the tasks completed between two looks, or since the farm began. */
function meanOf(
  sum: 'serviceSecondsSum' | 'responseSecondsSum',
  before: FarmSnapshot | undefined,
  now: FarmSnapshot,
): number | undefined {
  const done = now.counters.completed - (before?.counters.completed ?? 0);
  if (done <= 0) return undefined;
  return (now.counters[sum] - (before?.counters[sum] ?? 0)) / done;
}

function announcedFromNow({ announced, atSeconds }: FarmSnapshot): readonly number[] | undefined {
  if (announced === undefined) return undefined;
  const passed = Math.max(0, Math.floor(atSeconds - announced.fromSeconds));
  if (passed >= announced.ratePerSecond.length) return undefined;
  return passed === 0 ? announced.ratePerSecond : announced.ratePerSecond.slice(passed);
}
