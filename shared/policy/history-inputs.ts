import type { Observation } from '../control/observation.ts';
import { REMEMBERED_LOOKS, usualLoad } from './load-history.ts';
import type { LoadHistory } from './load-history.ts';
import { NETWORK_INPUTS } from './network-inputs.ts';
import type { Sight } from './network-inputs.ts';
import { root } from './shortage-table.ts';

/** What the inputs of a network with a memory are read from. */
export interface LongSight extends Sight {
  readonly history: LoadHistory;
}

export interface HistoryInput {
  readonly name: string;
  readonly unit: string;
  readonly low: number;
  readonly high: number;
  readonly of: (sight: LongSight) => number;
}

/** Length of a step as long as there was only one look. */
const STEP_SECONDS = 8;

export function longSightOf(observation: Observation, history: LoadHistory): LongSight {
  const load = usualLoad(history);
  const stepSeconds = observation.intervalSeconds ?? STEP_SECONDS;
  const outlook = { stepSeconds, steps: [], loads: [load], highest: load, lowest: load };
  return { observation, outlook, load, scale: root(load), history };
}

/** Of the planning network's inputs, those that need no announcement; here relative to the load in the long mean. */
const SHARED = [
  ...['poolAboveLoad', 'logLoad', 'waitingWork', 'waitingPerWorker', 'waitingTasksPerWorker'],
  ...['lostPerWorker', 'leastSlack', 'idleShare', 'startingWorkers', 'missed'],
  ...['fastLoad', 'slowLoad', 'peakLoad', 'meanLoad', 'sinceAction', 'stepLength'],
];

const perLoad = { unit: '√load', low: -4, high: 6 };

/** Looks that are seen one by one, and how far back the highest and lowest are looked for. */
const SEEN_LOOKS = 12;
const WINDOWS = [4, 8, REMEMBERED_LOOKS] as const;

/** Every input that a network with a memory can have. */
export const HISTORY_INPUTS: readonly HistoryInput[] = [
  ...NETWORK_INPUTS.filter(({ name }) => SHARED.includes(name)),
  ...Array.from({ length: SEEN_LOOKS }, (_, at) =>
    relative(`load${String(at + 1)}Ago`, ({ history }) => history.loads[at] ?? 0),
  ),
  ...WINDOWS.flatMap((looks) => [
    relative(`lowestOf${String(looks)}`, ({ history }) => Math.min(...history.loads.slice(0, looks))),
    relative(`highestOf${String(looks)}`, ({ history }) => Math.max(...history.loads.slice(0, looks))),
  ]),
  {
    name: 'lastChange',
    unit: '√load',
    low: -2,
    high: 2,
    of: ({ observation, history, scale }) => (observation.workers - history.workers) / scale,
  },
];

function relative(name: string, of: (sight: LongSight) => number): HistoryInput {
  return { name, ...perLoad, of: (sight) => (of(sight) - sight.load) / sight.scale };
}
