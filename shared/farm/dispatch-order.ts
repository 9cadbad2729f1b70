import type { TaskId } from './task.ts';

/**
 * Which waiting task is served first.
 * - `fifo`: in order of generation, as the published farm does.
 * - `deadline`: of the tasks that can still make it, the one with the least slack; lost tasks after those.
 * - `triage`: the same, but where the waiting tasks cannot all make it, the longest are given up first
 *   (Moore and Hodgson's rule, as a heuristic for several workers).
 */
export type DispatchOrder = 'fifo' | 'deadline' | 'triage';

export const DISPATCH_ORDERS: readonly DispatchOrder[] = ['fifo', 'deadline', 'triage'];

export interface DispatchRule {
  readonly order: DispatchOrder;
  /** One claim in this many goes to a task that has been lost for long; 0 for none. */
  readonly lostShare: number;
  /** How many of the most urgent tasks `triage` looks at, and how many workers. */
  readonly triageLimit: number;
}

export const DEFAULT_DISPATCH: DispatchRule = { order: 'triage', lostShare: 4, triageLimit: 32 };

/** A task counts as long lost when its slack is below this, in seconds. */
export const LONG_LOST_SLACK_SECONDS = -20;

/** What dispatch sees of a waiting task: the expected service time, never the real one. */
export interface Candidate {
  readonly id: TaskId;
  readonly generatedAtSeconds: number;
  readonly latestStartSeconds: number;
  readonly expectedServiceSeconds: number;
}

export interface DispatchMoment {
  readonly nowSeconds: number;
  /** Claims so far, this one included: decides whether it falls to a long-lost task. */
  readonly claimNumber: number;
  /** When the other workers should be free, earliest first. The claiming one is free now. */
  readonly othersFreeAtSeconds: readonly number[];
}

/**
 * The task that the next free worker is given; undefined where nothing waits.
 *
 * This is the definition. `shared/io/redis/scripts/lib/dispatch.lua` is the same function over sorted sets, and a
 * property test holds the two together.
 */
export function chooseTask(
  waiting: readonly Candidate[],
  moment: DispatchMoment,
  rule: DispatchRule,
): Candidate | undefined {
  if (rule.order === 'fifo') return leastBy(waiting, (task) => task.generatedAtSeconds);
  const longestLost = leastBy(waiting, (task) => task.latestStartSeconds);
  if (longestLost === undefined) return undefined;
  const isLostTurn = rule.lostShare > 0 && moment.claimNumber % rule.lostShare === 0;
  if (isLostTurn && longestLost.latestStartSeconds < moment.nowSeconds + LONG_LOST_SLACK_SECONDS) {
    return longestLost;
  }
  const inTime = waiting.filter((task) => task.latestStartSeconds >= moment.nowSeconds);
  if (rule.order === 'deadline') return leastBy(inTime, (task) => task.latestStartSeconds) ?? longestLost;
  const urgent = inTime.toSorted(byLatestStart).slice(0, rule.triageLimit);
  const free = moment.othersFreeAtSeconds.slice(0, rule.triageLimit);
  return firstKept(urgent, free, moment.nowSeconds) ?? longestLost;
}

/**
 * List-schedules the tasks over the workers in order of latest start. At the first one that would start too late, the
 * longest of those scheduled so far, itself included, is given up, and scheduling begins again without it.
 *
 * @param tasks in order of latest start, each of which can still make it
 * @returns the first task that is kept; undefined only where there are no tasks
 */
function firstKept(
  tasks: readonly Candidate[],
  othersFreeAtSeconds: readonly number[],
  nowSeconds: number,
): Candidate | undefined {
  const kept = [...tasks];
  for (;;) {
    const lateAt = firstLate(kept, othersFreeAtSeconds, nowSeconds);
    if (lateAt === undefined) return kept[0];
    kept.splice(longestUpTo(kept, lateAt), 1);
  }
}

function firstLate(
  tasks: readonly Candidate[],
  othersFreeAtSeconds: readonly number[],
  nowSeconds: number,
): number | undefined {
  const freeAt = [nowSeconds, ...othersFreeAtSeconds.map((at) => Math.max(at, nowSeconds))];
  for (const [index, task] of tasks.entries()) {
    const start = freeAt[0] ?? nowSeconds;
    if (start > task.latestStartSeconds) return index;
    freeAt.shift();
    insertSorted(freeAt, start + task.expectedServiceSeconds);
  }
  return undefined;
}

function insertSorted(ascending: number[], value: number): void {
  let at = ascending.length;
  while (at > 0 && (ascending[at - 1] ?? 0) > value) at -= 1;
  ascending.splice(at, 0, value);
}

function longestUpTo(tasks: readonly Candidate[], last: number): number {
  let longest = 0;
  for (let index = 1; index <= last; index += 1) {
    const seconds = tasks[index]?.expectedServiceSeconds ?? 0;
    if (seconds > (tasks[longest]?.expectedServiceSeconds ?? 0)) longest = index;
  }
  return longest;
}

/** Equal keys are told apart by id, as the members of a Redis sorted set are. */
function leastBy(tasks: readonly Candidate[], key: (task: Candidate) => number): Candidate | undefined {
  let least: Candidate | undefined;
  for (const task of tasks) {
    if (least === undefined || key(task) < key(least) || (key(task) === key(least) && task.id < least.id)) {
      least = task;
    }
  }
  return least;
}

function byLatestStart(a: Candidate, b: Candidate): number {
  return a.latestStartSeconds - b.latestStartSeconds || (a.id < b.id ? -1 : 1);
}
