import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LiveFarm } from '../../autoscaler/live-farm.ts';
import { ProcessPool } from '../../autoscaler/process-pool.ts';
import type { WorkerPool } from '../../cli/local/worker-pool.ts';
import type { Counters } from '../../shared/farm/counters.ts';
import type { WorkerRecord } from '../../shared/farm/worker.ts';
import { ProcessPoolStore } from '../../shared/io/redis/process-pool-store.ts';
import { FarmProcesses, accountedFor, killed } from '../support/farm-processes.ts';
import { eventually } from '../support/worker-process.ts';

let farm: FarmProcesses;
let pool: WorkerPool;
let processes: ProcessPoolStore;

beforeEach(async () => {
  farm = await FarmProcesses.open({ leaseSeconds: 5 });
  processes = new ProcessPoolStore(farm.farm.store);
  pool = farm.workerPool();
});
afterEach(async () => {
  await pool.stop();
  await farm.close();
});

/** Everybody who works: those who have asked for a task at least once. */
async function workers(): Promise<readonly WorkerRecord[]> {
  return (await farm.farm.control.observe(0)).workers.filter(({ state }) => state !== 'starting');
}

/** Resolves when the pool is that large, in the wish, in processes and in the registry. */
async function poolOf(count: number): Promise<readonly WorkerRecord[]> {
  return eventually(async () => {
    const there = await workers();
    const isThere = pool.size === count && there.length === count && (await processes.desired()) === count;
    return isThere ? there : undefined;
  });
}

async function counters(): Promise<Counters> {
  return (await farm.farm.control.observe(0)).counters;
}

function ids(records: readonly WorkerRecord[]): string[] {
  return records.map(({ id }) => id);
}

/** By the workers' own log: in the registry whoever has left stands no more. */
async function podsThatAcknowledged(): Promise<readonly unknown[]> {
  const lines = (await readFile(farm.workersLog, 'utf8')).split('\n').filter((line) => line.startsWith('{'));
  const entries = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  return entries.filter(({ msg }) => msg === 'SYN acknowledged').map(({ instance }) => instance);
}

/** The settings of an autoscaler that only keeps the pool at one size. */
function keeps(size: number): Readonly<Record<string, string>> {
  const limits = { MIN_WORKERS: String(size), MAX_WORKERS: String(size), STEP_LIMIT: '10' };
  return { ...limits, STEP_SECONDS: '0.5', GRACE_SECONDS: '1' };
}

/** An autoscaler that died holds the lease of its step for 6 s; for this lease alone they pass at once. */
async function endStepLease(): Promise<void> {
  const { store } = farm.farm;
  await store.redis.hset(store.key('lock:step'), { until: 0, at: 0 });
}

/**
 * Drains the pool from three to two with an autoscaler that is killed before its n-th command, and lets another one
 * finish; then makes it three again.
 *
 * @returns whether the first one had finished before it came to its n-th command
 */
async function drainKilledAt(nth: number): Promise<boolean> {
  const before = await poolOf(3);
  // All are at work: whoever is to go has to finish its task first.
  await farm.admit([0.6, 0.6, 0.6]);
  await endStepLease();
  const gate = await farm.gate();
  // A step begins with its lease; what comes before that is the process opening its connections.
  let stepHasBegun = false;
  const held = gate.holdAt({
    side: 'before',
    nth,
    matches: ({ name, words }) => {
      stepHasBegun ||= name === 'lock' && words[0] === 'step';
      return stepHasBegun;
    },
  });
  const first = await farm.start('autoscaler', { gate, env: keeps(2) });
  const stepped = await Promise.race([held.then(() => false), first.line('step').then(() => true)]);
  await killed(first);
  await endStepLease();
  const second = await farm.start('autoscaler', { env: keeps(2) });
  const after = await poolOf(2);
  await killed(second);
  // Who is left was there before, nobody was replaced; and who is gone had acknowledged.
  expect(ids(before)).toEqual(expect.arrayContaining(ids(after)));
  const acknowledged = await podsThatAcknowledged();
  const gone = before.filter(({ id }) => !ids(after).includes(id));
  expect(acknowledged).toEqual(expect.arrayContaining(gone.map(({ pod }) => pod)));
  expect(await counters()).toMatchObject({ handedBack: 0, attemptsFailed: 0, retried: 0 });
  await pool.resize(3);
  return stepped;
}

describe('an autoscaler that is killed', () => {
  test('at any command of a drain leaves one that the next autoscaler finishes, without a task interrupted', async () => {
    await pool.start(3);
    let nth = 1;
    while (!(await drainKilledAt(nth))) nth += 1;
    expect(nth).toBeGreaterThan(10);
    expect(await farm.settled()).toMatchObject(accountedFor(3 * nth, { handedBack: 0, attemptsFailed: 0 }));
  });
});

/** A step of the autoscaler in this process, with the next fencing number. */
let fence = 1_000_000;
function liveFarm(): LiveFarm {
  fence += 1;
  return new LiveFarm({
    control: farm.farm.control,
    pool: new ProcessPool(processes),
    blocking: farm.farm.another(),
    fence,
    stepSeconds: 2,
    clock: () => performance.now() / 1000,
  });
}

describe('a scale-up during a drain', () => {
  test('takes the draining workers back, at work and drained ones alike, and starts none', async () => {
    await pool.start(3);
    const before = await poolOf(3);
    const [long = ''] = await farm.admit([5, 5], { expectedServiceSeconds: 20 });
    await farm.underWay(long);
    // One drains at once; its SYN was for two, and the second one is still at its task when the step ends.
    const down = await liveFarm().scaleTo(1);
    expect(down).toMatchObject({ before: 3, applied: 2, failures: [{ reason: 'ackPending' }] });
    expect(down.removed).toHaveLength(1);
    const up = await liveFarm().scaleTo(2);
    expect(up).toMatchObject({ before: 2, applied: 2, started: 0, removed: [], failures: [] });
    expect(up.takenBack).toEqual(down.draining);
    const after = await poolOf(2);
    expect(ids(before)).toEqual(expect.arrayContaining(ids(after)));
    expect(after.map(({ state }) => state)).toEqual(['busy', 'busy']);
    await farm.admit([0.1, 0.1, 0.1]);
    const books = { claimed: 5, handedBack: 0, attemptsFailed: 0, synExpired: 0, ackRefused: 0 };
    expect(await farm.settled()).toMatchObject(accountedFor(5, books));
  });
});

test('a worker frozen before its ACK is not removed: the step says so, and it works on', async () => {
  await pool.start(1);
  const [only] = await poolOf(1);
  const [frozen] = (await processes.processes()) ?? [];
  if (frozen === undefined || only === undefined) throw new Error('Expected one worker.');
  process.kill(frozen.processId, 'SIGSTOP');
  const outcome = await liveFarm().scaleTo(0);
  expect(outcome).toMatchObject({ applied: 1, removed: [], failures: [{ reason: 'ackPending' }] });
  await eventually(async () => {
    await farm.farm.store.tick();
    return (await counters()).synExpired === 1 ? true : undefined;
  });
  process.kill(frozen.processId, 'SIGCONT');
  await farm.admit([0.1]);
  const books = { synExpired: 1, claimed: 1, handedBack: 0, attemptsFailed: 0 };
  expect(await farm.settled()).toMatchObject(accountedFor(1, books));
  expect((await poolOf(1)).map(({ id }) => id)).toEqual([only.id]);
});
