import { setTimeout as delay } from 'node:timers/promises';
import { deadlineSeconds } from '../../shared/farm/deadline.ts';
import { DISPATCH_ORDERS } from '../../shared/farm/dispatch-order.ts';
import type { DispatchOrder } from '../../shared/farm/dispatch-order.ts';
import type { NewTask } from '../../shared/farm/task.ts';
import { drawArrivals } from '../../shared/workload/arrivals.ts';
import type { Arrival } from '../../shared/workload/arrivals.ts';
import { workloadFor } from '../../shared/workload/named-workloads.ts';
import { aTask } from '../support/build-task.ts';
import { FarmProcesses } from '../support/farm-processes.ts';
import { readTrips } from './collected.ts';
import type { Trip } from './collected.ts';
import type { BenchOptions, Row } from './row.ts';
import { quantile, sum } from './statistics.ts';

const WORKERS = 12;
const SEEDS = [1, 2, 3];
const DEFAULT_TIME_SCALE = 0.25;

/** Trips of the same tasks in each order. */
type Runs = Readonly<Record<DispatchOrder, readonly Trip[]>>;

/**
 * The paper's flat load, live: three farms of twelve real workers each, one in each order, meet the same tasks at the
 * same time, and so the same noise. A `calibrated` task only waits: the farms do not take each other's processor.
 * Every time, deadlines included, is multiplied by the time scale.
 */
export async function run({
  quick,
  say,
  timeScale = DEFAULT_TIME_SCALE,
}: BenchOptions): Promise<readonly Row[]> {
  const farms = await Promise.all(DISPATCH_ORDERS.map((order) => startFarm(order)));
  try {
    const runs: { arrivals: readonly Arrival[]; runs: Runs }[] = [];
    for (const seed of quick ? SEEDS.slice(0, 1) : SEEDS) {
      const { arrivals } = drawArrivals(workloadFor('paper', seed), seed);
      const trips = await Promise.all(farms.map((farm) => play(farm, arrivals, timeScale)));
      const byOrder = Object.fromEntries(DISPATCH_ORDERS.map((order, index) => [order, trips[index]]));
      runs.push({ arrivals, runs: byOrder as Runs });
      say(`seed ${String(seed)}, time × ${String(timeScale)}: ${describe(byOrder as Runs)}`);
    }
    return rows(runs, timeScale);
  } finally {
    await Promise.all(farms.map((farm) => farm.close()));
  }
}

async function startFarm(order: DispatchOrder): Promise<FarmProcesses> {
  const farm = await FarmProcesses.open({ order, lostShare: 4, leaseSeconds: 5 });
  await Promise.all([farm.start('collector'), ...Array.from({ length: WORKERS }, () => farm.worker())]);
  return farm;
}

async function play(
  farm: FarmProcesses,
  arrivals: readonly Arrival[],
  scale: number,
): Promise<readonly Trip[]> {
  const tasks = arrivals.map((arrival) => asTask(arrival, scale));
  const startedMs = performance.now();
  const admissions: Promise<void>[] = [];
  for (const [index, task] of tasks.entries()) {
    const dueMs = startedMs + (arrivals[index]?.atSeconds ?? 0) * scale * 1000;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await delay(waitMs);
    admissions.push(farm.farm.admit(task));
  }
  await Promise.all(admissions);
  await farm.settled();
  return readTrips(
    farm.farm.store,
    tasks.map(({ id }) => id),
  );
}

function asTask({ serviceSeconds, expectedServiceSeconds }: Arrival, scale: number): NewTask {
  return aTask({
    options: JSON.stringify({ serviceSeconds: serviceSeconds * scale }),
    expectedServiceSeconds: expectedServiceSeconds * scale,
    deadlineSeconds: deadlineSeconds(expectedServiceSeconds) * scale,
  });
}

function misses(trips: readonly Trip[]): number {
  return trips.filter(({ metDeadline }) => !metDeadline).length;
}

function describe(runs: Runs): string {
  return DISPATCH_ORDERS.map((order) => `${order} misses ${String(misses(runs[order]))}`).join(', ');
}

function rows(runs: readonly { arrivals: readonly Arrival[]; runs: Runs }[], scale: number): Row[] {
  const perSeed = (order: DispatchOrder): number[] => runs.map((run) => misses(run.runs[order]));
  const tasks = sum(runs.map(({ arrivals }) => arrivals.length));
  const compare = (order: DispatchOrder, other: DispatchOrder, limit: number): Row => {
    const [ours, theirs] = [sum(perSeed(order)), sum(perSeed(other))];
    return {
      suite: 'dispatch',
      what: `misses of ${String(tasks)} tasks, 12 workers, time × ${String(scale)}, ${order}`,
      ours,
      other: { name: other, value: theirs },
      ratio: ours === theirs ? 1 : ours / theirs,
      target: { of: 'ratio', limit, sense: 'atMost' },
      behind: { ours: perSeed(order), other: perSeed(other) },
    };
  };
  return [compare('deadline', 'fifo', 0.25), compare('triage', 'deadline', 1), ...qosBySize(runs)];
}

const CLASSES = ['shortest quarter', 'second quarter', 'third quarter', 'longest quarter'];

/** QoS of the tasks by the quarter that their expected service time falls into. */
function qosBySize(runs: readonly { arrivals: readonly Arrival[]; runs: Runs }[]): Row[] {
  const expected = runs.flatMap(({ arrivals }) => arrivals.map((arrival) => arrival.expectedServiceSeconds));
  const edges = [0.25, 0.5, 0.75].map((share) => quantile(expected, share));
  const classes = expected.map((seconds) => edges.filter((edge) => seconds > edge).length);
  const qosPercent = (order: DispatchOrder, size: number): number => {
    const trips = runs.flatMap((run) => run.runs[order]).filter((_, index) => classes[index] === size);
    return 100 * (1 - misses(trips) / trips.length);
  };
  return CLASSES.flatMap((name, size) =>
    (['deadline', 'triage'] as const).map((order) => ({
      suite: 'dispatch',
      what: `QoS %, ${name} by expected service time, ${order}`,
      ours: qosPercent(order, size),
      other: { name: 'fifo', value: qosPercent('fifo', size) },
    })),
  );
}
