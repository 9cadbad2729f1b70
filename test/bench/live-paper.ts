import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_DEADLINE_RULE } from '../../shared/farm/deadline.ts';
import { heldTotal } from '../../shared/farm/counters.ts';
import type { Counters } from '../../shared/farm/counters.ts';
import { FarmSimulation } from '../../shared/simulator/farm-simulation.ts';
import { tabulate } from '../../shared/simulator/task-table.ts';
import { drawArrivalColumns } from '../../shared/workload/arrivals.ts';
import { workloadFor } from '../../shared/workload/named-workloads.ts';
import { FarmProcesses } from '../support/farm-processes.ts';
import type { TemplateProcess } from '../support/template-process.ts';
import { eventually } from '../support/worker-process.ts';
import type { BenchOptions, Row } from './row.ts';
import { median, sum } from './statistics.ts';

const WORKERS = 14;
const SEEDS = [1, 2, 3];
const DEFAULT_TIME_SCALE = 0.5;
const DISPATCH = { order: 'fifo', lostShare: 0, triageLimit: 32 } as const;

/** What the live farm takes beside the work itself, in seconds. */
interface HandOver {
  /** From generation to collection of a task that a worker waits for, the work left out. */
  readonly aloneSeconds: number;
  /** From the end of a worker's task to the beginning of the next one that waits: it occupies the worker. */
  readonly betweenSeconds: number;
}

/**
 * The paper's load live, by the real emitter, fourteen real workers and the real collector, first come, first served;
 * and the simulation of the very same tasks with the hand-over times that were measured on this farm before. Every
 * time, deadlines included, is multiplied by the time scale; hand-over times are what they are.
 */
export async function run({
  quick,
  say,
  timeScale = DEFAULT_TIME_SCALE,
}: BenchOptions): Promise<readonly Row[]> {
  const farm = await FarmProcesses.open({ ...DISPATCH, leaseSeconds: 5 });
  try {
    const [emitter] = await Promise.all([
      farm.start('emitter'),
      farm.start('collector'),
      ...Array.from({ length: WORKERS }, () => farm.worker()),
    ]);
    const handOver = await measureHandOver(farm);
    say(
      `hand-over ${ms(handOver.aloneSeconds)} ms alone, ${ms(handOver.betweenSeconds)} ms between two tasks`,
    );
    const live: number[] = [];
    const simulated: number[] = [];
    for (const seed of quick ? SEEDS.slice(0, 1) : SEEDS) {
      live.push(await playLive({ farm, emitter }, seed, timeScale));
      simulated.push(simulate(seed, timeScale, handOver));
      say(`seed ${String(seed)}: live ${String(live.at(-1))} %, simulated ${String(simulated.at(-1))} %`);
    }
    return rows({ live, simulated, handOver, timeScale });
  } finally {
    await farm.close();
  }
}

const CALIBRATION_SECONDS = 0.1;
/** Tasks alone; tasks that each worker of a crowd has one after the other; crowds. */
const [ALONE, IN_A_ROW, CROWDS] = [50, 8, 5];

/** First one task at a time, then more than there are workers. Medians: a shared machine stumbles now and then. */
async function measureHandOver(farm: FarmProcesses): Promise<HandOver> {
  const alone: number[] = [];
  for (let round = 0; round < ALONE; round += 1) {
    const { responseSeconds } = await playTasks(farm, 1);
    alone.push(responseSeconds - CALIBRATION_SECONDS);
  }
  const aloneSeconds = median(alone);
  const between: number[] = [];
  for (let crowd = 0; crowd < CROWDS; crowd += 1) {
    const { responseSeconds } = await playTasks(farm, WORKERS * IN_A_ROW);
    between.push((responseSeconds - aloneSeconds) / IN_A_ROW - CALIBRATION_SECONDS);
  }
  return { aloneSeconds, betweenSeconds: Math.max(0, median(between)) };
}

/** From the generation of some tasks to the collection of the last one. */
async function playTasks(farm: FarmProcesses, count: number): Promise<{ readonly responseSeconds: number }> {
  const ids = await farm.admit(Array.from({ length: count }, () => CALIBRATION_SECONDS));
  await farm.settled();
  const results = await Promise.all(ids.map((id) => farm.farm.results.read(id)));
  const responses = results.map((task) =>
    task !== undefined && 'responseSeconds' in task ? task.responseSeconds : Number.NaN,
  );
  return { responseSeconds: Math.max(...responses) };
}

interface LiveFarmProcesses {
  readonly farm: FarmProcesses;
  readonly emitter: TemplateProcess;
}

/** QoS in percent. */
async function playLive({ farm, emitter }: LiveFarmProcesses, seed: number, scale: number): Promise<number> {
  const before = await countersOf(farm);
  const spec = { workload: 'paper', seed, type: 'calibrated', timeScale: 1 / scale };
  const begun = await emitter.call('/load', { method: 'POST', body: JSON.stringify(spec) });
  if (begun.status !== 202) throw new Error(`Expected the emitter to begin the load; it said ${begun.text}.`);
  const { count: tasks, atSeconds } = drawArrivalColumns(workloadFor('paper', seed), seed);
  // Whoever asks costs Redis time: not while the load is under way.
  await delay(1000 * scale * (atSeconds.at(-1) ?? 0));
  const settled = await eventually(async () => {
    const { counters, held } = await farm.farm.control.observe(0);
    return counters.admitted - before.admitted >= tasks && heldTotal(held) === 0 ? counters : undefined;
  });
  return (100 * (settled.met - before.met)) / (settled.met - before.met + settled.missed - before.missed);
}

async function countersOf(farm: FarmProcesses): Promise<Counters> {
  return (await farm.farm.control.observe(0)).counters;
}

/** QoS in percent. */
function simulate(seed: number, scale: number, { aloneSeconds, betweenSeconds }: HandOver): number {
  const drawn = drawArrivalColumns(workloadFor('paper', seed), seed);
  const scaled = {
    ...drawn,
    atSeconds: drawn.atSeconds.map((seconds) => seconds * scale),
    expectedServiceSeconds: drawn.expectedServiceSeconds.map((seconds) => seconds * scale),
    serviceSeconds: drawn.serviceSeconds.map((seconds) => seconds * scale + betweenSeconds),
  };
  // What the worker is not occupied with lies half before and half after the work.
  const half = Math.max(0, aloneSeconds - betweenSeconds) / 2;
  const simulation = new FarmSimulation(tabulate(scaled, DEFAULT_DEADLINE_RULE, half), {
    dispatch: DISPATCH,
    pickUpSeconds: half,
    collectSeconds: half,
    startDelaySeconds: 0,
    initialWorkers: WORKERS,
  });
  while (!simulation.isDone) simulation.advanceTo(simulation.nowSeconds + 60);
  return (100 * simulation.collected.met) / drawn.count;
}

interface Measured {
  readonly live: readonly number[];
  readonly simulated: readonly number[];
  readonly handOver: HandOver;
  readonly timeScale: number;
}

function rows({ live, simulated, handOver, timeScale }: Measured): Row[] {
  const suite = 'live-paper';
  const terms = `paper, fifo, ${String(WORKERS)} workers, time × ${String(timeScale)}`;
  const apart = live.map((qos, run) => Math.abs(qos - (simulated[run] ?? Number.NaN)));
  const mean = (figures: readonly number[]): number => sum(figures) / figures.length;
  return [
    {
      suite,
      what: `QoS %, ${terms}`,
      ours: mean(live),
      other: { name: 'simulated', value: mean(simulated) },
      behind: { live, simulated },
    },
    {
      suite,
      what: `points of QoS between a live run and its simulation, median of ${String(live.length)}`,
      ours: median(apart),
      target: { of: 'ours', limit: 1.5, sense: 'atMost' },
      behind: { apart },
    },
    { suite, what: 'hand-over of a task alone, ms', ours: 1000 * handOver.aloneSeconds },
    { suite, what: 'hand-over between two tasks of a worker, ms', ours: 1000 * handOver.betweenSeconds },
  ];
}

function ms(seconds: number): string {
  return (1000 * seconds).toFixed(1);
}
