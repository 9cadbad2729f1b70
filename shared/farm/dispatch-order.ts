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
 * Waiting tasks in order of latest start, equal ones by id. Positions count from 0.
 * Redis keeps them in a sorted set, the simulator in an array.
 */
export interface WaitingLine {
  readonly length: number;
  latestStartSeconds(position: number): number;
  expectedServiceSeconds(position: number): number;
  /** Position of the task that was generated first; undefined where none waits. */
  oldest(): number | undefined;
  /** Position of the first task whose latest start is not before `seconds`; `length` where there is none. */
  firstFrom(seconds: number): number;
}

/**
 * The position of the task that the next free worker is given; undefined where nothing waits.
 *
 * This is the definition. `shared/io/redis/scripts/lib/dispatch.lua` is the same function over sorted sets, and a
 * property test holds the two together.
 */
export function choosePosition(
  line: WaitingLine,
  moment: DispatchMoment,
  rule: DispatchRule,
): number | undefined {
  if (line.length === 0) return undefined;
  if (rule.order === 'fifo') return line.oldest();
  const isLostTurn = rule.lostShare > 0 && moment.claimNumber % rule.lostShare === 0;
  if (isLostTurn && line.latestStartSeconds(0) < moment.nowSeconds + LONG_LOST_SLACK_SECONDS) return 0;
  const inTime = line.firstFrom(moment.nowSeconds);
  // All are lost: the one lost for longest.
  if (inTime === line.length) return 0;
  return rule.order === 'deadline' ? inTime : inTime + firstKept(line, inTime, moment, rule.triageLimit);
}

/** The same over tasks in any order. */
export function chooseTask(
  waiting: readonly Candidate[],
  moment: DispatchMoment,
  rule: DispatchRule,
): Candidate | undefined {
  const sorted = waiting.toSorted(
    (a, b) => a.latestStartSeconds - b.latestStartSeconds || (a.id < b.id ? -1 : 1),
  );
  const position = choosePosition(lineOf(sorted), moment, rule);
  return position === undefined ? undefined : sorted[position];
}

/**
 * List-schedules the urgent tasks over the workers in order of latest start. At the first one that would start too
 * late, the longest of those scheduled so far, itself included, is given up, and scheduling begins again without it.
 *
 * @param inTime position of the first task that can still make it
 * @returns how far behind that one the first task lies that is kept
 */
function firstKept(line: WaitingLine, inTime: number, moment: DispatchMoment, limit: number): number {
  const last = Math.min(line.length, inTime + limit);
  if (last === inTime + 1) return 0;
  const kept: number[] = [];
  for (let position = inTime; position < last; position += 1) kept.push(position);
  const { nowSeconds, othersFreeAtSeconds } = moment;
  const free: number[] = [];
  while (kept.length > 1) {
    free.length = 0;
    free.push(nowSeconds);
    const others = Math.min(othersFreeAtSeconds.length, limit);
    for (let other = 0; other < others; other += 1) {
      free.push(Math.max(othersFreeAtSeconds[other] ?? 0, nowSeconds));
    }
    const lateAt = firstLate(line, kept, free);
    if (lateAt === undefined) break;
    kept.splice(longestUpTo(line, kept, lateAt), 1);
  }
  return (kept[0] ?? inTime) - inTime;
}

/** @param freeAt when each worker is free, earliest first; changed */
function firstLate(line: WaitingLine, kept: readonly number[], freeAt: number[]): number | undefined {
  for (let index = 0; index < kept.length; index += 1) {
    const position = kept[index] ?? 0;
    const start = freeAt[0] ?? 0;
    if (start > line.latestStartSeconds(position)) return index;
    replaceFirst(freeAt, start + line.expectedServiceSeconds(position));
  }
  return undefined;
}

/** Takes the first number out of an ascending list and puts another one where it belongs. */
function replaceFirst(ascending: number[], value: number): void {
  let at = 1;
  for (; at < ascending.length && (ascending[at] ?? 0) <= value; at += 1) {
    ascending[at - 1] = ascending[at] ?? 0;
  }
  ascending[at - 1] = value;
}

function longestUpTo(line: WaitingLine, kept: readonly number[], last: number): number {
  let longest = 0;
  let longestSeconds = -1;
  for (let index = 0; index <= last; index += 1) {
    const seconds = line.expectedServiceSeconds(kept[index] ?? 0);
    if (seconds <= longestSeconds) continue;
    longest = index;
    longestSeconds = seconds;
  }
  return longest;
}

function lineOf(sorted: readonly Candidate[]): WaitingLine {
  return {
    length: sorted.length,
    latestStartSeconds: (position) => sorted[position]?.latestStartSeconds ?? 0,
    expectedServiceSeconds: (position) => sorted[position]?.expectedServiceSeconds ?? 0,
    oldest: () => {
      const first = sorted.reduce((a, b) => (isOlder(b, a) ? b : a));
      return sorted.indexOf(first);
    },
    firstFrom: (seconds) => {
      const found = sorted.findIndex(({ latestStartSeconds }) => latestStartSeconds >= seconds);
      return found < 0 ? sorted.length : found;
    },
  };
}

/** Equal times are told apart by id, as the members of a Redis sorted set are. */
function isOlder(a: Candidate, b: Candidate): boolean {
  if (a.generatedAtSeconds !== b.generatedAtSeconds) return a.generatedAtSeconds < b.generatedAtSeconds;
  return a.id < b.id;
}
