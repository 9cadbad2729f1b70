import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { LoadLedger } from '../../../shared/io/redis/load-record.ts';
import type { LoadState } from '../../../shared/io/redis/load-record.ts';
import { tasks } from '../../support/build-task.ts';
import { json, startEmitter } from '../../support/door-process.ts';
import { endingWithTest } from '../../support/launch.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { QueueFarm, SOUND } from '../../support/queue-farm.ts';
import type { TemplateProcess } from '../../support/template-process.ts';
import { eventually } from '../../support/worker-process.ts';

interface LoadStatus {
  readonly run: string;
  readonly state: LoadState;
  readonly emitted: number;
  readonly total: number;
}

let redis: PrivateRedis;
let farm: QueueFarm;

beforeAll(async () => {
  redis = await PrivateRedis.start();
});
beforeEach(async () => {
  farm = await QueueFarm.open(redis);
});
afterEach(() => {
  farm.close();
});
afterAll(() => redis.stop());

async function emitter(env: Readonly<Record<string, string>> = {}): Promise<TemplateProcess> {
  return endingWithTest(await startEmitter(redis, farm.store.farm, env));
}

/** About 300 arrivals in three seconds. */
const burst = { phases: [{ seconds: 3, multiplier: 1 }], baseRatePerSecond: 100, seed: 7 };

function begin(at: TemplateProcess, load: unknown) {
  return at.call('/load', { method: 'POST', body: JSON.stringify(load) });
}

async function status(at: TemplateProcess): Promise<LoadStatus> {
  return json(await at.call('/load')) as unknown as LoadStatus;
}

function over(at: TemplateProcess): Promise<LoadStatus> {
  return eventually(async () => {
    const now = await status(at);
    return now.state === 'running' ? undefined : now;
  });
}

async function admitted(): Promise<number> {
  return (await farm.control.observe(0)).counters.admitted;
}

test('a load is emitted whole and in its time, and is announced while it lasts', async () => {
  const at = await emitter();
  expect((await begin(at, burst)).status).toBe(202);
  const announced = await eventually(async () => (await farm.control.observe(0)).announced);
  expect(announced.ratePerSecond).toHaveLength(60);
  expect(announced.ratePerSecond[0]).toBe(100);
  expect(announced.ratePerSecond[30]).toBe(0);
  const end = await over(at);
  expect(end).toMatchObject({ state: 'done', emitted: end.total });
  const { atSeconds, counters, announced: after } = await farm.control.observe(0);
  expect([counters.admitted, after]).toEqual([end.total, undefined]);
  const ids = await farm.store.redis.zrange(farm.store.key('waiting'), '0', '-1');
  const tasks = await Promise.all(ids.map((id) => farm.results.read(id)));
  const generated = tasks.map((task) => task?.generatedAtSeconds ?? Number.NaN);
  expect(atSeconds - Math.min(...generated)).toBeGreaterThan(2.5);
});

test('the same spec makes the same tasks, at twice the speed with half the service times', async () => {
  const at = await emitter();
  const works = async (load: unknown): Promise<string[]> => {
    await begin(at, load);
    await over(at);
    const ids = await farm.store.redis.zrange(farm.store.key('waiting'), '0', '-1');
    const options = ids.map((id) => farm.store.redis.hget(farm.store.key(`task:${id}`), 'opt'));
    const found = (await Promise.all(options)).map(String);
    await farm.store.redis.flushall();
    return found;
  };
  const short = { ...burst, phases: [{ seconds: 0.5, multiplier: 1 }] };
  const once = await works(short);
  expect((await works(short)).toSorted()).toEqual(once.toSorted());
  const seconds = (text: string): number => (JSON.parse(text) as { serviceSeconds: number }).serviceSeconds;
  const sum = (all: readonly string[]): number => all.reduce((total, text) => total + seconds(text), 0);
  expect(sum(await works({ ...short, timeScale: 2 }))).toBeCloseTo(sum(once) / 2, 6);
});

test('emitters that are killed one after the other emit every arrival exactly once', async () => {
  let at = await emitter();
  await begin(at, burst);
  for (const killedAt of [40, 110, 180]) {
    await eventually(async () => ((await admitted()) > killedAt ? true : undefined));
    at.child.kill('SIGKILL');
    await at.ended;
    at = await emitter();
  }
  const end = await over(at);
  expect(end).toMatchObject({ state: 'done', emitted: end.total });
  expect(await admitted()).toBe(end.total);
  expect(await farm.audit()).toEqual(SOUND);
});

test('of two emitters one emits; when it is stopped the other goes on at once', async () => {
  const [first, second] = [await emitter(), await emitter()];
  await begin(first, burst);
  await eventually(async () => ((await admitted()) > 30 ? true : undefined));
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);
  const end = await over(second);
  expect(end).toMatchObject({ state: 'done', emitted: end.total });
  expect(await admitted()).toBe(end.total);
});

test('a farm has one load at a time, and a stopped one emits nothing more', async () => {
  const at = await emitter();
  expect((await at.call('/load')).status).toBe(404);
  await begin(at, { ...burst, phases: [{ seconds: 60, multiplier: 1 }] });
  expect((await begin(at, burst)).status).toBe(409);
  const stopped = json(await at.call('/load', { method: 'DELETE' })) as unknown as LoadStatus;
  expect(stopped.state).toBe('stopped');
  expect((await at.call('/load', { method: 'DELETE' })).status).toBe(409);
  expect((await begin(at, { ...burst, phases: [{ seconds: 0.2, multiplier: 1 }] })).status).toBe(202);
  const end = await over(at);
  expect(await admitted()).toBe(stopped.emitted + end.total);
});

test('the load of LOAD is begun once, however often the emitter starts', async () => {
  const LOAD = JSON.stringify({ ...burst, phases: [{ seconds: 0.3, multiplier: 1 }] });
  const first = await emitter({ LOAD });
  const { run, total } = await over(first);
  await first.dispose();
  const again = await emitter({ LOAD });
  await again.line('the load of LOAD');
  expect(await over(again)).toMatchObject({ run, state: 'done', emitted: total });
  expect(await admitted()).toBe(total);
});

test('a load that the farm has no room for waits, and is emitted when there is room', async () => {
  const at = await emitter({ MAX_WAITING: '5' });
  await begin(at, { ...burst, phases: [{ seconds: 0.1, multiplier: 1 }] });
  await eventually(async () => ((await admitted()) === 5 ? true : undefined));
  const seat = await farm.worker('w');
  const end = eventually(async () => {
    const reply = await seat.claim(0);
    if (reply.kind === 'task') await seat.answer(reply.lease, { outcome: 'done', summary: {}, outputs: {} });
    const now = await status(at);
    return now.state === 'running' ? undefined : now;
  });
  expect((await end).state).toBe('done');
  expect(await admitted()).toBe((await end).total);
});

test('a load goes on over a restart of Redis, and emits every arrival exactly once', async () => {
  const own = await PrivateRedis.start({ appendfsync: 'always' });
  const ownFarm = await QueueFarm.open(own, {}, 'restarted');
  const at = await startEmitter(own, 'restarted');
  try {
    await begin(at, burst);
    const counted = async (): Promise<number> => (await ownFarm.control.observe(0)).counters.admitted;
    for (const killedAt of [50, 150]) {
      await eventually(async () => ((await counted()) > killedAt ? true : undefined));
      await own.restart();
    }
    const end = await eventually(async () => {
      const answer = await at.call('/load');
      return answer.status === 200 && json(answer)['state'] === 'done' ? json(answer) : undefined;
    });
    expect(await counted()).toBe(end['total']);
    expect(await ownFarm.audit()).toEqual(SOUND);
  } finally {
    await at.dispose();
    ownFarm.close();
    await own.stop();
  }
});

test('an emitter that was overtaken, and a command that is sent again, emit nothing', async () => {
  const ledger = new LoadLedger(farm.store);
  const load = { run: 'one', source: '', spec: '{}', secret: 's', total: 4 };
  expect((await ledger.begin(load)).kind).toBe('begun');
  expect((await ledger.begin(load)).kind).toBe('begun');
  expect(await ledger.begin({ ...load, run: 'two' })).toEqual({ kind: 'running', run: 'one' });
  const batch = tasks(2);
  expect(await ledger.emit('one', 0, batch, 100)).toEqual({ state: 'running', emitted: 2 });
  expect(await ledger.emit('one', 0, batch, 100)).toEqual({ state: 'running', emitted: 2 });
  expect(await ledger.emit('one', 1, tasks(1), 100)).toEqual({ state: 'running', emitted: 2 });
  expect(await ledger.emit('two', 2, tasks(1), 100)).toEqual({ state: 'gone', emitted: 0 });
  expect(await ledger.emit('one', 2, tasks(2), 3)).toEqual({ state: 'running', emitted: 3 });
  expect(await ledger.emit('one', 3, tasks(1), 100)).toEqual({ state: 'done', emitted: 4 });
  expect(await ledger.emit('one', 4, tasks(1), 100)).toEqual({ state: 'done', emitted: 4 });
  expect(await admitted()).toBe(4);
});
