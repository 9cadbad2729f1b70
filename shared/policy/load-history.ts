import type { Observation } from '../control/observation.ts';
import type { DeciderMemory } from './policy.ts';
import { LEAST_LOAD } from './shortage-table.ts';

/** Looks whose load is remembered one by one. */
export const REMEMBERED_LOOKS = 16;

/** What an earlier look still counts in the long mean. */
const KEPT = 0.97;
/** Time for which the guess of the first look stands in the long mean. */
const GUESS_SECONDS = 24;

/** What has arrived of late, and what a pool was like one look ago. None of it tells for how long it has gone on. */
export interface LoadHistory {
  /** Load of each interval between two looks, newest first. Where there were fewer, the first stands for those before. */
  readonly loads: readonly number[];
  /** Work that arrived, and the time in which it did, older looks counting less. */
  readonly workSeconds: number;
  readonly seconds: number;
  /** What the load was taken for before anything could be seen. */
  readonly guess: number;
  readonly workers: number;
}

/** @param guessPerWorker load that each worker stands for as long as nothing has been seen */
export function firstHistory({ workers }: Observation, guessPerWorker: number): LoadHistory {
  const guess = guessPerWorker * workers;
  const loads = new Array<number>(REMEMBERED_LOOKS).fill(guess);
  return { loads, workSeconds: 0, seconds: 0, guess, workers };
}

/** The history with what has arrived since the previous look. */
export function afterLook(history: LoadHistory, { offeredLoad, intervalSeconds }: Observation): LoadHistory {
  if (offeredLoad === undefined || intervalSeconds === undefined) return history;
  const { loads, workSeconds, seconds } = history;
  const before = seconds === 0 ? loads.map(() => offeredLoad) : loads;
  return {
    ...history,
    loads: [offeredLoad, ...before.slice(0, REMEMBERED_LOOKS - 1)],
    workSeconds: KEPT * workSeconds + offeredLoad * intervalSeconds,
    seconds: KEPT * seconds + intervalSeconds,
  };
}

/** The load in the long mean, to which everything else is seen in relation. */
export function usualLoad({ workSeconds, seconds, guess }: LoadHistory): number {
  return Math.max(LEAST_LOAD, (workSeconds + guess * GUESS_SECONDS) / (seconds + GUESS_SECONDS));
}

export function memoryOf({ loads, ...rest }: LoadHistory): DeciderMemory {
  return { ...rest, ...Object.fromEntries(loads.map((load, at) => [`load${String(at)}`, load])) };
}

/** Undefined where another policy has left the memory, or nothing has. */
export function historyIn(memory: DeciderMemory): LoadHistory | undefined {
  const { workSeconds, seconds, guess, workers } = memory;
  const loads = Array.from({ length: REMEMBERED_LOOKS }, (_, at) => memory[`load${String(at)}`]);
  if (workSeconds === undefined || seconds === undefined || guess === undefined || workers === undefined) {
    return undefined;
  }
  if (!loads.every((load) => load !== undefined)) return undefined;
  return { loads, workSeconds, seconds, guess, workers };
}
