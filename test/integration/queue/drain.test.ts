import { describe, expect, test } from 'vitest';
import { StaleFence } from '../../../shared/io/redis/control.ts';
import type { SentSyn } from '../../../shared/io/redis/control.ts';
import { aTask, tasks } from '../../support/build-task.ts';
import { farmOfEachTest } from '../../support/farm-of-each-test.ts';
import { DONE, leaseOf, PROMPTLY_SECONDS } from '../../support/queue-farm.ts';
import type { QueueFarm } from '../../support/queue-farm.ts';

const STEP = { stepSeconds: 3, staleSeconds: 6 };

let farm: QueueFarm;

farmOfEachTest((opened) => {
  farm = opened;
});

async function states(): Promise<Readonly<Record<string, string>>> {
  const { workers } = await farm.control.observe(0);
  return Object.fromEntries(workers.map(({ id, state }) => [id, state]));
}

async function synTo(workers: number, fence = 1): Promise<readonly SentSyn[]> {
  return farm.control.sendSyn(fence, workers, STEP);
}

/** A worker that has acknowledged. */
async function drainedWorker(id: string, fence = 1) {
  const worker = await farm.worker(id);
  const [syn] = await synTo(1, fence);
  expect(syn?.workerId).toBe(id);
  expect(await worker.acknowledge(syn?.synId ?? '')).toBe(true);
  return worker;
}

test('a worker goes through starting, idle, busy, draining, drained and gone', async () => {
  const worker = await farm.worker('a');
  expect(await states()).toEqual({ a: 'starting' });
  await worker.claim(1);
  expect(await states()).toEqual({ a: 'idle' });
  await farm.admit(aTask());
  const lease = leaseOf(await worker.waitAtInbox(PROMPTLY_SECONDS));
  expect(await states()).toEqual({ a: 'busy' });
  const [syn] = await synTo(1);
  expect(await states()).toEqual({ a: 'draining' });
  expect((await worker.answer(lease, DONE, 1)).next).toMatchObject({ kind: 'syn', synId: syn?.synId });
  expect(await worker.acknowledge(syn?.synId ?? '')).toBe(true);
  expect(await states()).toEqual({ a: 'drained' });
  await farm.control.workerEnded('a', 'stopped');
  expect(await states()).toEqual({});
});

describe('a SYN', () => {
  test('goes to idle workers first, then to those that should finish soonest', async () => {
    await farm.admit(
      aTask({ expectedServiceSeconds: 9, deadlineSeconds: 10 }),
      aTask({ expectedServiceSeconds: 2, deadlineSeconds: 12 }),
    );
    const [slow, quick] = [await farm.worker('slow'), await farm.worker('quick')];
    expect(leaseOf(await slow.claim(0)).expectedServiceSeconds).toBe(9);
    await quick.claim(0);
    await farm.worker('idle');
    expect((await synTo(2)).map(({ workerId }) => workerId)).toEqual(['idle', 'quick']);
    expect((await synTo(2, 2)).map(({ workerId }) => workerId)).toEqual(['slow']);
  });

  test('lasts one step and what its worker should still need', async () => {
    await farm.admit(aTask({ expectedServiceSeconds: 5 }));
    await (await farm.worker('busy')).claim(0);
    await farm.worker('idle');
    const now = await farm.store.nowSeconds();
    const [idle, busy] = await synTo(2);
    expect(Math.round((idle?.expiresAtSeconds ?? 0) - now)).toBe(3);
    expect(Math.round((busy?.expiresAtSeconds ?? 0) - now)).toBe(8);
  });

  test('sent again by the same step goes to the same workers', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await farm.worker(id);
    const first = await synTo(2);
    expect(await synTo(2)).toEqual(first);
    expect(Object.values(await states()).filter((state) => state === 'draining')).toHaveLength(2);
  });

  test('is not sent to a worker whose heartbeat is too old', async () => {
    await farm.worker('silent');
    await farm.shift(7);
    expect(await synTo(1)).toEqual([]);
  });

  test('reaches a worker that waits at its inbox, and a heartbeat tells it as well', async () => {
    const worker = await farm.worker('a');
    await worker.claim(PROMPTLY_SECONDS);
    const waits = worker.waitAtInbox(PROMPTLY_SECONDS);
    const [syn] = await synTo(1);
    expect(await waits).toMatchObject({ kind: 'syn', synId: syn?.synId });
    expect(await worker.beat(undefined)).toMatchObject({ state: 'syn', synId: syn?.synId });
    await farm.admit(aTask());
    expect((await farm.control.observe(0)).held).toMatchObject({ waiting: 1, leased: 0 });
  });

  test('that is not acknowledged expires, and its worker goes on working', async () => {
    const worker = await farm.worker('a');
    const [syn] = await synTo(1);
    await farm.admit(aTask());
    expect(await worker.claim(0)).toMatchObject({ kind: 'syn' });
    await farm.pass(3);
    expect(await worker.acknowledge(syn?.synId ?? '')).toBe(false);
    expect(await worker.claim(0)).toMatchObject({ kind: 'task' });
    expect((await farm.control.observe(0)).counters).toMatchObject({ synExpired: 1, ackRefused: 1 });
  });

  test('that expires puts a busy worker back among those that triage expects to be free', async () => {
    await farm.store.configure({ order: 'triage' });
    await farm.admit(aTask({ expectedServiceSeconds: 1 }));
    const worker = await farm.worker('a');
    const lease = leaseOf(await worker.claim(0));
    await synTo(1);
    await farm.shift(4);
    await worker.beat(lease);
    expect(await states()).toEqual({ a: 'busy' });
    expect(await farm.store.redis.zscore(farm.store.key('finish'), 'a')).not.toBeNull();
  });

  test('expires for a claim also where nobody has looked yet, once', async () => {
    const worker = await farm.worker('a');
    await synTo(1);
    await farm.admit(aTask());
    await farm.shift(3);
    expect(await worker.claim(0)).toMatchObject({ kind: 'task' });
    await farm.store.tick();
    expect((await farm.control.observe(0)).counters.synExpired).toBe(1);
  });
});

describe('an ACK', () => {
  test('is refused while its worker has a task', async () => {
    await farm.admit(aTask());
    const worker = await farm.worker('a');
    await worker.claim(0);
    const [syn] = await synTo(1);
    expect(await worker.acknowledge(syn?.synId ?? '')).toBe(false);
  });

  test('sent twice is the same', async () => {
    const worker = await farm.worker('a');
    const [syn] = await synTo(1);
    expect(await worker.acknowledge(syn?.synId ?? '')).toBe(true);
    await farm.pass(4);
    expect(await worker.acknowledge(syn?.synId ?? '')).toBe(true);
    expect((await farm.control.observe(0)).counters).toMatchObject({ synExpired: 0, ackRefused: 0 });
  });

  test('wakes whoever waits for one', async () => {
    const waits = farm.control.waitForAck(farm.another(), PROMPTLY_SECONDS);
    await drainedWorker('a');
    expect(await waits).toBe(true);
  });

  test('ends the claims of its worker, whatever comes', async () => {
    const worker = await drainedWorker('a');
    await farm.admit(...tasks(2));
    expect(await worker.claim(1)).toEqual({ kind: 'drained' });
    expect(await worker.beat(undefined)).toMatchObject({ state: 'drained' });
    await farm.pass(9);
    expect((await farm.control.observe(0)).held).toMatchObject({ waiting: 2, leased: 0 });
  });

  test('leaves no hand-over in the inbox that its worker could begin to work on', async () => {
    const worker = await farm.worker('a');
    await worker.claim(PROMPTLY_SECONDS);
    await farm.admit(aTask());
    const [syn] = await synTo(1);
    await farm.pass(1);
    expect(await worker.acknowledge(syn?.synId ?? '')).toBe(true);
    expect(await farm.store.redis.exists(farm.store.inboxKey('a'))).toBe(0);
  });
});

describe('taking back', () => {
  test('begins with drained workers, and tells them at once', async () => {
    const drained = await drainedWorker('drained');
    await farm.worker('draining');
    await synTo(1, 2);
    const waits = drained.waitAtInbox(PROMPTLY_SECONDS);
    expect(await farm.control.takeBack(3, 1)).toEqual(['drained']);
    expect(await waits).toEqual({ kind: 'resume' });
    await farm.admit(aTask());
    expect(await drained.claim(0)).toMatchObject({ kind: 'task' });
    expect(await states()).toEqual({ drained: 'busy', draining: 'draining' });
  });

  test('sent again by the same step takes back no others', async () => {
    for (const id of ['a', 'b', 'c']) await farm.worker(id);
    await synTo(3);
    const first = await farm.control.takeBack(2, 1);
    expect(await farm.control.takeBack(2, 1)).toEqual(first);
    expect(Object.values(await states()).filter((state) => state === 'draining')).toHaveLength(2);
  });

  test('makes a later ACK void', async () => {
    const worker = await farm.worker('a');
    const [syn] = await synTo(1);
    await farm.control.takeBack(2, 1);
    expect(await worker.acknowledge(syn?.synId ?? '')).toBe(false);
  });

  test('spares workers whose removal has begun, until that is dropped', async () => {
    await drainedWorker('a');
    expect(await farm.control.beginRemoval(2, ['a'])).toEqual(['a']);
    expect(await farm.control.takeBack(3, 1)).toEqual([]);
    await farm.control.dropRemoval(3, ['a']);
    expect(await farm.control.takeBack(4, 1)).toEqual(['a']);
  });
});

test('only drained workers are marked for removal', async () => {
  await farm.worker('a');
  await synTo(1);
  expect(await farm.control.beginRemoval(1, ['a', 'nobody'])).toEqual([]);
});

test('a step that was overtaken changes nothing', async () => {
  await farm.worker('a');
  await synTo(0, 7);
  await expect(synTo(1, 6)).rejects.toThrow(StaleFence);
  await expect(farm.control.takeBack(6, 1)).rejects.toThrow(StaleFence);
  await expect(farm.control.beginRemoval(6, ['a'])).rejects.toThrow(StaleFence);
  expect(await states()).toEqual({ a: 'starting' });
});
