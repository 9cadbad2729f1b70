import { setTimeout as delay } from 'node:timers/promises';
import type { NewTask } from '../../shared/farm/task.ts';
import { aTask } from '../support/build-task.ts';
import { FarmProcesses } from '../support/farm-processes.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { readTrips } from './collected.ts';
import type { Trip } from './collected.ts';
import { inTurns, withLine } from './queue.ts';
import { paired } from './row.ts';
import type { BenchOptions, Row } from './row.ts';
import { quantile } from './statistics.ts';

const WORKERS = 4;
const RATE_PER_SECOND = 200;
const BATCH = 50;

/** The whole farm, its real functions as real processes, against the published farm's polling from hop to hop. */
export async function run({ quick, say }: BenchOptions): Promise<readonly Row[]> {
  const farm = await startFarm();
  const redis = await PrivateRedis.start();
  const shape = { contender: 'polling', consumers: WORKERS, collects: true } as const;
  const tasks = quick ? 2000 : 5000;
  const seconds = quick ? 3 : 6;
  try {
    await flood(farm, 2000);
    const rates = await inTurns(quick ? 2 : 5, ['ours', 'polling'], (turn) =>
      turn === 'ours'
        ? flood(farm, tasks)
        : withLine(redis.url, shape, async (line) => (await line.throughput(tasks, 2000)).tasksPerSecond),
    );
    say(`tasks/s: ${JSON.stringify(rates)}`);
    const responses = await inTurns(quick ? 2 : 5, ['ours', 'polling'], (turn) =>
      turn === 'ours'
        ? trickle(farm, seconds)
        : withLine(redis.url, shape, async (line) => (await line.atRate(RATE_PER_SECOND, seconds)).samplesMs),
    );
    const what = `emit to collected, ms, at ${String(RATE_PER_SECOND)} tasks/s`;
    const compare = (share: number): Row => {
      const of = (runs: readonly (readonly number[])[]): number[] => runs.map((run) => quantile(run, share));
      const percentile = `p${String(share * 100)}`;
      return paired('farm', `${what}, ${percentile}`, of(responses.ours), ['polling', of(responses.polling)]);
    };
    return [
      paired('farm', 'emit to collected, 4 workers, tasks/s', rates.ours, ['polling', rates.polling]),
      compare(0.5),
      compare(0.99),
    ];
  } finally {
    await farm.close();
    await redis.stop();
  }
}

async function startFarm(): Promise<FarmProcesses> {
  const farm = await FarmProcesses.open({ order: 'deadline', leaseSeconds: 5 });
  await Promise.all([farm.start('collector'), ...Array.from({ length: WORKERS }, () => farm.worker())]);
  return farm;
}

function noOp(): NewTask {
  const options = '{"serviceSeconds":0}';
  return aTask({ options, expectedServiceSeconds: 0.001, deadlineSeconds: 300 + Math.random() * 300 });
}

/** Tasks per second, from the first one's generation to the last one's collection, on the farm's clock. */
async function flood(farm: FarmProcesses, count: number): Promise<number> {
  const tasks = Array.from({ length: count }, noOp);
  for (let at = 0; at < count; at += BATCH) {
    await waitForRoom(farm);
    await farm.farm.admit(...tasks.slice(at, at + BATCH));
  }
  const trips = await whenCollected(farm, tasks);
  const first = Math.min(...trips.map(({ generatedAtSeconds }) => generatedAtSeconds));
  const last = Math.max(...trips.map(({ collectedAtSeconds }) => collectedAtSeconds));
  return count / (last - first);
}

/** The farm of the tests takes 1000 waiting tasks: enough to keep four workers busy. */
async function waitForRoom({ farm }: FarmProcesses): Promise<void> {
  while ((await farm.store.redis.zcard(farm.store.key('waiting'))) > 900) await delay(2);
}

async function trickle(farm: FarmProcesses, seconds: number): Promise<number[]> {
  const tasks = Array.from({ length: RATE_PER_SECOND * seconds }, noOp);
  const startedMs = performance.now();
  const admissions: Promise<void>[] = [];
  for (const [index, task] of tasks.entries()) {
    const waitMs = startedMs + (index * 1000) / RATE_PER_SECOND - performance.now();
    if (waitMs > 0) await delay(waitMs);
    admissions.push(farm.farm.admit(task));
  }
  await Promise.all(admissions);
  const trips = await whenCollected(farm, tasks);
  return trips.map((trip) => (trip.collectedAtSeconds - trip.generatedAtSeconds) * 1000);
}

async function whenCollected(farm: FarmProcesses, tasks: readonly NewTask[]): Promise<readonly Trip[]> {
  const { store } = farm.farm;
  const isOver = async (): Promise<boolean> => (await store.redis.zcard(store.key('due'))) === 0;
  while (!(await isOver())) await delay(10);
  return readTrips(
    store,
    tasks.map(({ id }) => id),
  );
}
