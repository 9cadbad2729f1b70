import type { FarmSnapshot } from '../farm/snapshot.ts';
import { qosBetween } from '../farm/qos.ts';

/** What a policy sees of a farm at one step. Absent means that nothing was there to see, never zero. */
export interface Observation {
  /** Time since the previous look; rates divide by it. */
  readonly intervalSeconds: number;
  readonly arrivalRatePerSecond: number;
  /** Mean service time of the tasks collected since the previous look, or since the farm began where there were none. */
  readonly meanServiceSeconds?: number;
  readonly waitingTasks: number;
  /** Expected service time of all waiting tasks together. */
  readonly waitingWorkSeconds: number;
  /** Workers commanded, draining ones left out. */
  readonly workers: number;
  readonly busyWorkers: number;
  /** From 0 to 1, since the previous look; absent where nothing fell due. */
  readonly qos?: number;
  /** Highest planned rate over the coming step; absent where nothing is announced. */
  readonly announcedRatePerSecond?: number;
}

/** The same farm looked at twice. Without an earlier look there is no rate yet, so there is nothing to observe. */
export function observe(
  before: FarmSnapshot,
  now: FarmSnapshot,
  stepSeconds: number,
): Observation | undefined {
  const intervalSeconds = now.atSeconds - before.atSeconds;
  if (intervalSeconds <= 0 || now.counters.admitted < before.counters.admitted) return undefined;
  const { busy, draining, drained } = now.workforce;
  const service = meanService(before, now) ?? meanService(undefined, now);
  const qos = qosBetween(before.counters, now.counters, now.overdueHeld);
  const announced = announcedPeak(now, stepSeconds);
  return {
    intervalSeconds,
    arrivalRatePerSecond: (now.counters.admitted - before.counters.admitted) / intervalSeconds,
    ...(service === undefined ? {} : { meanServiceSeconds: service }),
    waitingTasks: now.held.waiting,
    waitingWorkSeconds: now.waitingWorkSeconds,
    workers: Math.max(0, now.pool.desired - draining - drained),
    busyWorkers: busy,
    ...(qos === undefined ? {} : { qos }),
    ...(announced === undefined ? {} : { announcedRatePerSecond: announced }),
  };
}

function meanService(before: FarmSnapshot | undefined, now: FarmSnapshot): number | undefined {
  const done = now.counters.completed - (before?.counters.completed ?? 0);
  if (done <= 0) return undefined;
  return (now.counters.serviceSecondsSum - (before?.counters.serviceSecondsSum ?? 0)) / done;
}

function announcedPeak({ announced, atSeconds }: FarmSnapshot, stepSeconds: number): number | undefined {
  if (announced === undefined) return undefined;
  const from = Math.max(0, Math.floor(atSeconds - announced.fromSeconds));
  const coming = announced.ratePerSecond.slice(from, from + Math.ceil(stepSeconds) + 1);
  return coming.length === 0 ? undefined : Math.max(...coming);
}
