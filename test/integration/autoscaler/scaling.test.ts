import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LiveFarm, StepOver } from '../../../autoscaler/live-farm.ts';
import type { LiveFarmParts } from '../../../autoscaler/live-farm.ts';
import type { Pool, PoolChange, PoolMember, PoolResult, PoolState } from '../../../autoscaler/pool.ts';
import { ProcessPool } from '../../../autoscaler/process-pool.ts';
import { Control, StaleFence } from '../../../shared/io/redis/control.ts';
import { FarmStore } from '../../../shared/io/redis/farm-store.ts';
import { ProcessPoolStore } from '../../../shared/io/redis/process-pool-store.ts';
import { Seat } from '../../../shared/io/redis/seat.ts';
import { Submissions } from '../../../shared/io/redis/submissions.ts';
import { tasks } from '../../support/build-task.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { SeatWorker } from '../../support/seat-worker.ts';
import { eventually } from '../../support/worker-process.ts';

let server: PrivateRedis;
let redis: Redis;
let store: FarmStore;
let processes: ProcessPoolStore;
let workers: SeatWorker[];
let farms = 0;

beforeAll(async () => {
  server = await PrivateRedis.start();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(() => {
  farms += 1;
  store = new FarmStore(redis, `scaling-${String(farms)}`);
  processes = new ProcessPoolStore(store);
  workers = [];
});
const blocking: Redis[] = [];
afterEach(() => {
  for (const connection of blocking.splice(0)) connection.disconnect();
});

/** A farm as the step with this fencing number sees it. */
function farmAt(fence: number, parts: Partial<LiveFarmParts> = {}): LiveFarm {
  const connection = new Redis(server.url);
  blocking.push(connection);
  return new LiveFarm({
    control: new Control(store),
    pool: new ProcessPool(processes),
    blocking: store.over(connection),
    fence,
    stepSeconds: 8,
    clock: () => performance.now() / 1000,
    ...parts,
  });
}

/** A pool of this many workers that have all asked for a task. */
async function aPoolOf(count: number): Promise<void> {
  await processes.resize(0, count);
  for (let index = 1; index <= count; index += 1) {
    const worker = await SeatWorker.enter(`worker-${String(index)}`, store);
    await worker.claim();
    workers.push(worker);
  }
  await reportProcesses(workers.map(({ seat }) => seat.pod));
}

function reportProcesses(pods: readonly string[]): Promise<void> {
  return processes.report(
    pods.map((pod, index) => ({ pod, processId: index + 1, stopping: false })),
    60,
  );
}

function worker(number: number): SeatWorker {
  const found = workers[number - 1];
  if (found === undefined) throw new Error(`There is no worker ${String(number)}`);
  return found;
}

async function states(): Promise<Record<string, string>> {
  const { workers: seen } = await new Control(store).observe(0);
  return Object.fromEntries(seen.map(({ id, state }) => [id, state]));
}

/** Lets every worker that has a SYN and no task acknowledge it, as soon as the SYN is there. */
async function acknowledgeWhenAsked(count: number): Promise<void> {
  let acknowledged = 0;
  while (acknowledged < count) {
    for (const each of workers) {
      const asked = each.lease === undefined && acknowledged < count;
      if (asked && (await each.acknowledge())) acknowledged += 1;
    }
  }
}

describe('scaling down', () => {
  it('removes exactly the workers that acknowledged, idle ones first', async () => {
    await new Submissions(store, { maxWaiting: 100, idempotencySeconds: 1 }).admit(tasks(2));
    await aPoolOf(4);
    const [outcome] = await Promise.all([farmAt(1).scaleTo(2), acknowledgeWhenAsked(2)]);
    expect(outcome).toMatchObject({ before: 4, applied: 2, failures: [] });
    expect(outcome.removed.toSorted()).toEqual(['worker-3', 'worker-4']);
    expect(await processes.desired()).toBe(2);
  });

  it('does not apply what has not acknowledged, and says so', async () => {
    await aPoolOf(3);
    const [outcome] = await Promise.all([farmAt(1).scaleTo(1), acknowledgeWhenAsked(1)]);
    expect(outcome).toMatchObject({ before: 3, applied: 2, failures: [{ reason: 'ackPending' }] });
    expect(outcome.draining).toHaveLength(1);
    expect(await processes.desired()).toBe(2);
  });

  it('is finished by the next step once the late worker has acknowledged', async () => {
    await aPoolOf(2);
    await farmAt(1).scaleTo(1);
    expect(await processes.desired()).toBe(2);
    await acknowledgeWhenAsked(1);
    const outcome = await farmAt(2).scaleTo(1);
    expect(outcome).toMatchObject({ applied: 1, removed: ['worker-1'], draining: [] });
  });

  it('takes members back first that are not at work yet, without draining anyone', async () => {
    await aPoolOf(2);
    await processes.resize(2, 4);
    await reportProcesses(['worker-1', 'worker-2', 'starting-1', 'starting-2']);
    const outcome = await farmAt(1).scaleTo(2);
    expect(outcome).toMatchObject({ before: 4, applied: 2, removed: [], draining: [], failures: [] });
    expect(await states()).toEqual({ 'worker-1': 'idle', 'worker-2': 'idle' });
  });
});

describe('scaling down never takes a worker that did not acknowledge', () => {
  it('where the one that did has ended already and has been replaced', async () => {
    await aPoolOf(2);
    await new Control(store).sendSyn(1, 1, { stepSeconds: 8, staleSeconds: 4 });
    await worker(1).acknowledge();
    await reportProcesses(['worker-2', 'replacement']);
    const replacement = await SeatWorker.enter('replacement', store);
    await replacement.claim();
    workers = [worker(2), replacement];
    const [outcome] = await Promise.all([farmAt(2).scaleTo(1), acknowledgeWhenAsked(1)]);
    expect(outcome.removed).toHaveLength(1);
    expect(outcome.removed).not.toContain('worker-1');
  });

  it('where the one that did has left its pod to another one', async () => {
    await aPoolOf(2);
    const control = new Control(store);
    await control.sendSyn(1, 1, { stepSeconds: 8, staleSeconds: 4 });
    await worker(1).acknowledge();
    const { pod } = worker(1).seat;
    await new Seat({ id: 'worker-1-again', pod }, store, store).register();
    expect(await control.beginRemoval(1, ['worker-1'])).toEqual([]);
  });

  it('but first what the pool lacks anyway', async () => {
    await aPoolOf(2);
    await processes.resize(2, 3);
    const outcome = await farmAt(1).scaleTo(2);
    expect(outcome).toMatchObject({ before: 3, applied: 2, removed: [], draining: [], failures: [] });
  });

  it('where a member that was still starting has begun to work meanwhile', async () => {
    await aPoolOf(2);
    await processes.resize(2, 3);
    await reportProcesses(['worker-1', 'worker-2', 'starting']);
    const scaling = farmAt(1).scaleTo(1);
    const started = await SeatWorker.enter('starting', store);
    await started.claim();
    await acknowledgeWhenAsked(1);
    const outcome = await scaling;
    expect(outcome).toMatchObject({ before: 3, applied: 2, failures: [{ reason: 'ackPending' }] });
    expect(outcome.removed).toHaveLength(1);
    expect(await processes.desired()).toBe(2);
  });
});

describe('scaling up', () => {
  it('takes draining and drained workers back before it starts new ones', async () => {
    await aPoolOf(3);
    await new Control(store).sendSyn(1, 2, { stepSeconds: 8, staleSeconds: 4 });
    await worker(1).acknowledge();
    expect(await states()).toEqual({ 'worker-1': 'drained', 'worker-2': 'draining', 'worker-3': 'idle' });
    const outcome = await farmAt(2).scaleTo(4);
    expect(outcome).toMatchObject({ before: 3, applied: 4, started: 1, takenBack: ['worker-1', 'worker-2'] });
    expect(await states()).toEqual({ 'worker-1': 'idle', 'worker-2': 'idle', 'worker-3': 'idle' });
  });

  it('keeps draining what is still too many, and takes back only the rest', async () => {
    await aPoolOf(4);
    await new Control(store).sendSyn(1, 3, { stepSeconds: 8, staleSeconds: 4 });
    await worker(1).acknowledge();
    const outcome = await farmAt(2).scaleTo(3);
    expect(outcome).toMatchObject({ applied: 3, removed: ['worker-1'], takenBack: ['worker-2', 'worker-3'] });
  });
});

describe('a pool that is to stay as it is', () => {
  it('keeps the size that somebody else has given it, and everybody goes back to work', async () => {
    await aPoolOf(3);
    await new Control(store).sendSyn(1, 2, { stepSeconds: 8, staleSeconds: 4 });
    await worker(1).acknowledge();
    await processes.resize(3, 5);
    const outcome = await farmAt(2).stay();
    expect(outcome).toMatchObject({ before: 5, applied: 5, started: 0, takenBack: ['worker-1', 'worker-2'] });
    expect(await processes.desired()).toBe(5);
    expect(Object.values(await states())).toEqual(['idle', 'idle', 'idle']);
  });
});

describe('an autoscaler that died in mid-step', () => {
  it('after it had marked workers for removal leaves them to be removed by the next', async () => {
    await aPoolOf(2);
    const control = new Control(store);
    await control.sendSyn(1, 1, { stepSeconds: 8, staleSeconds: 4 });
    await worker(1).acknowledge();
    await control.beginRemoval(1, ['worker-1']);
    const outcome = await farmAt(2).scaleTo(1);
    expect(outcome).toMatchObject({ applied: 1, removed: ['worker-1'] });
  });

  it('after it had marked workers for removal leaves them to be taken back by the next', async () => {
    await aPoolOf(2);
    const control = new Control(store);
    await control.sendSyn(1, 1, { stepSeconds: 8, staleSeconds: 4 });
    await worker(1).acknowledge();
    await control.beginRemoval(1, ['worker-1']);
    const outcome = await farmAt(2).scaleTo(2);
    expect(outcome).toMatchObject({ applied: 2, started: 0, takenBack: ['worker-1'] });
  });

  it('after it had resized the pool leaves nobody to be removed twice', async () => {
    await aPoolOf(3);
    const control = new Control(store);
    await control.sendSyn(1, 1, { stepSeconds: 8, staleSeconds: 4 });
    await worker(1).acknowledge();
    await control.beginRemoval(1, ['worker-1']);
    await processes.resize(3, 2);
    const outcome = await farmAt(2).scaleTo(2);
    expect(outcome).toMatchObject({ before: 2, applied: 2, takenBack: [], removed: [], started: 0 });
  });
});

describe('a step that was overtaken', () => {
  it('changes nothing', async () => {
    await aPoolOf(2);
    await new Control(store).takeBack(7, 0);
    await expect(farmAt(6).scaleTo(1)).rejects.toThrow(StaleFence);
    expect(await processes.desired()).toBe(2);
    expect(await states()).toEqual({ 'worker-1': 'idle', 'worker-2': 'idle' });
  });
});

/** A pool of two parts, that shows one state at the first look and another one from then on. */
class StagedPool implements Pool {
  readonly changes: PoolChange[] = [];
  readonly #states: readonly [PoolState, PoolState];
  #looks = 0;

  constructor(...states: [PoolState, PoolState]) {
    this.#states = states;
  }

  read(): Promise<PoolState> {
    this.#looks += 1;
    return Promise.resolve(this.#states[this.#looks === 1 ? 0 : 1]);
  }

  resize(change: PoolChange): Promise<PoolResult> {
    this.changes.push(change);
    return Promise.resolve({ desired: change.to, removed: [], kept: [], failures: [] });
  }

  async spare(): Promise<void> {
    await Promise.resolve();
  }
}

describe('a pool of several parts that changes while a step waits', () => {
  const member = (pod: string, part: string): PoolMember => ({ pod, ready: false, part });
  const parts = new Map([
    ['first', 2],
    ['second', 1],
  ]);
  const whole = [member('a', 'first'), member('b', 'first'), member('c', 'second')];
  const before: PoolState = { desired: 3, members: whole.slice(1), parts };

  it('is changed as it is then, so that a part that is whole again loses no pod for another one', async () => {
    const after: PoolState = { desired: 3, members: whole, parts };
    const pool = new StagedPool(before, after);
    await farmAt(1, { pool }).scaleTo(2);
    expect(pool.changes).toMatchObject([{ to: 2, remove: [{ pod: 'a', part: 'first' }] }]);
    expect(pool.changes[0]?.seen).toBe(after);
  });

  it('is changed as it was at first where somebody else has scaled it, and that no longer holds', async () => {
    const scaled = new Map([...parts, ['second', 9] as const]);
    const pool = new StagedPool(before, { desired: 11, members: whole, parts: scaled });
    await farmAt(1, { pool }).scaleTo(2);
    expect(pool.changes[0]?.seen).toBe(before);
  });
});

describe('a step whose time is over', () => {
  it('removes nobody, also where all have acknowledged and no newer one has begun', async () => {
    await aPoolOf(2);
    let seconds = 0;
    const clock = () => seconds;
    const scaled = farmAt(1, { clock, untilSeconds: 6 }).scaleTo(1);
    const failed = expect(scaled).rejects.toThrow(StepOver);
    await eventually(async () => (Object.values(await states()).includes('draining') ? true : undefined));
    // As long as that Redis was away.
    seconds = 30;
    await acknowledgeWhenAsked(1);
    await failed;
    expect(await processes.desired()).toBe(2);
    const outcome = await farmAt(2).scaleTo(2);
    expect(outcome).toMatchObject({ applied: 2, started: 0, removed: [] });
    expect(outcome.takenBack).toHaveLength(1);
  });

  it('asks nobody, and starts nobody', async () => {
    await aPoolOf(2);
    for (const wanted of [1, 3]) {
      const late = farmAt(1, { clock: () => 6, untilSeconds: 6 });
      await expect(late.scaleTo(wanted)).rejects.toThrow(StepOver);
    }
    expect(await processes.desired()).toBe(2);
    expect(await states()).toEqual({ 'worker-1': 'idle', 'worker-2': 'idle' });
  });
});

describe('a change of the pool', () => {
  it('that is sent again, because its reply was lost, has been applied once', async () => {
    await processes.resize(0, 2);
    expect(await store.run('pool-resize', [2, 1, 'request', 5])).toEqual([1, 1]);
    expect(await store.run('pool-resize', [2, 1, 'request', 5])).toEqual([1, 1]);
    expect(await processes.desired()).toBe(1);
  });

  it('by a step that was overtaken is not applied, also where the pool is as large as it was', async () => {
    await processes.resize(0, 2);
    expect(await processes.resize(2, 3, 7)).toBe(true);
    expect(await processes.resize(3, 2, 8)).toBe(true);
    expect(await processes.resize(2, 1, 7)).toBe(false);
    expect(await processes.desired()).toBe(2);
  });
});

describe('a farm that cannot be observed', () => {
  it('says so instead of showing zeros', async () => {
    const seen = await farmAt(1).observe(8);
    expect(seen).toMatchObject({ kind: 'noData' });
  });
});
