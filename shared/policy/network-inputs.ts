import type { Observation } from '../control/observation.ts';
import type { Outlook } from './outlook.ts';
import { LEAST_LOAD, root } from './shortage-table.ts';

/** What the inputs of a network are read from. */
export interface Sight {
  readonly observation: Observation;
  readonly outlook: Outlook;
  /** The load expected for the coming step, and its square root (never below that of LEAST_LOAD). */
  readonly load: number;
  readonly scale: number;
}

/** One input of a network. None depends on the size of a farm, or tells the time. */
export interface NetworkInput {
  readonly name: string;
  readonly unit: string;
  /** What it is held within. */
  readonly low: number;
  readonly high: number;
  readonly of: (sight: Sight) => number;
}

export function sightOf(observation: Observation, outlook: Outlook): Sight {
  const load = outlook.loads[0] ?? 0;
  return { observation, outlook, load, scale: root(load) };
}

const perLoad = { unit: '√load', low: -4, high: 4 };

/** Every input that a network can have. What is not there to see reads as if it told nothing. */
export const NETWORK_INPUTS: readonly NetworkInput[] = [
  input('poolAboveLoad', perLoad, ({ observation, load, scale }) => (observation.workers - load) / scale),
  input('logLoad', { unit: 'log', low: -1, high: 5 }, ({ load }) => Math.log(Math.max(load, LEAST_LOAD))),
  // What is learned of farms of one size reaches no further than about twelve busy workers: beyond, by a weight of its own.
  input(
    'largeLoad',
    { unit: 'log', low: 0, high: 2.5 },
    ({ load }) => Math.log(Math.max(load, LEAST_LOAD)) - 2.5,
  ),
  input(
    'waitingWork',
    { unit: '√load', low: 0, high: 6 },
    ({ observation, outlook, scale }) => observation.waitingWorkSeconds / outlook.stepSeconds / scale,
  ),
  input(
    'waitingPerWorker',
    { unit: 's', low: 0, high: 8 },
    ({ observation }) => observation.waitingWorkSeconds / Math.max(1, observation.workers),
  ),
  input(
    'waitingTasksPerWorker',
    { unit: 'tasks', low: 0, high: 4 },
    ({ observation }) => observation.waitingTasks / Math.max(1, observation.workers),
  ),
  input(
    'lostPerWorker',
    { unit: 'tasks', low: 0, high: 2 },
    ({ observation }) => observation.lostWaiting / Math.max(1, observation.workers),
  ),
  input(
    'leastSlack',
    { unit: 's', low: 0, high: 2 },
    ({ observation }) => observation.leastSlackSeconds ?? 2,
  ),
  input(
    'idleShare',
    { unit: 'share', low: 0, high: 1 },
    ({ observation: { workers, busyWorkers } }) => 1 - busyWorkers / Math.max(1, workers),
  ),
  input('startingWorkers', { unit: '√load', low: 0, high: 4 }, ({ observation, scale }) => {
    return observation.startingWorkers / scale;
  }),
  input('missed', { unit: 'share', low: 0, high: 0.3 }, ({ observation }) => 1 - (observation.qos ?? 1)),
  input('arrivedLoad', perLoad, ({ observation, load, scale }) => {
    return ((observation.offeredLoad ?? load) - load) / scale;
  }),
  input('fastLoad', perLoad, ({ observation, load, scale }) => {
    return ((observation.offeredLoadFast ?? load) - load) / scale;
  }),
  input('slowLoad', perLoad, ({ observation, load, scale }) => {
    return ((observation.offeredLoadSlow ?? load) - load) / scale;
  }),
  input('peakLoad', { unit: '√load', low: -1, high: 6 }, ({ observation, load, scale }) => {
    return ((observation.offeredLoadPeak ?? load) - load) / scale;
  }),
  input('meanLoad', perLoad, ({ observation, load, scale }) => {
    return ((observation.offeredLoadMean ?? load) - load) / scale;
  }),
  input('sinceAction', { unit: 'steps', low: 0, high: 8 }, ({ observation, outlook }) => {
    return (observation.secondsSinceAction ?? 8 * outlook.stepSeconds) / outlook.stepSeconds;
  }),
  input('stepLength', { unit: 'log 8 s', low: -2, high: 2 }, ({ outlook }) => {
    return Math.log(outlook.stepSeconds / 8);
  }),
  ...[1, 2, 4].map((step) =>
    input(`loadInSteps${String(step)}`, perLoad, ({ outlook, load, scale }) => {
      return ((outlook.loads[step] ?? load) - load) / scale;
    }),
  ),
  input('highestLoad', { unit: '√load', low: 0, high: 6 }, ({ outlook, load, scale }) => {
    return (outlook.highest - load) / scale;
  }),
  // Held within 1.5 and 2, so that nothing but a rise to four and a half times the load and more is seen at all.
  input('steepRise', { unit: 'log', low: 1.5, high: 2 }, ({ outlook, load }) => {
    return Math.log(Math.max(outlook.highest, LEAST_LOAD) / Math.max(load, LEAST_LOAD));
  }),
  // The same, as wide as the others: from 0 at four and a half times the load to 5 at seven times.
  input('jump', { unit: 'log / 10', low: 0, high: 5 }, ({ outlook, load }) => {
    return 10 * (Math.log(Math.max(outlook.highest, LEAST_LOAD) / Math.max(load, LEAST_LOAD)) - 1.5);
  }),
  // 1 where no change is announced at all.
  input('steadiness', { unit: 'share', low: 0, high: 1 }, ({ outlook, load }) => {
    return 1 - (outlook.highest - outlook.lowest) / Math.max(load, LEAST_LOAD);
  }),
  input('lowestLoad', { unit: '√load', low: -6, high: 0 }, ({ outlook, load, scale }) => {
    return (outlook.lowest - load) / scale;
  }),
];

function input(
  name: string,
  range: { readonly unit: string; readonly low: number; readonly high: number },
  of: NetworkInput['of'],
): NetworkInput {
  return { name, ...range, of };
}
