import { describe, expect, test } from 'vitest';
import { aTask, tasks } from '../../support/build-task.ts';
import { farmOfEachTest } from '../../support/farm-of-each-test.ts';
import { DONE, leaseOf, PROMPTLY_SECONDS } from '../../support/queue-farm.ts';
import type { QueueFarm } from '../../support/queue-farm.ts';

let farm: QueueFarm;

farmOfEachTest((opened) => {
  farm = opened;
});

describe('a claim', () => {
  test('by a worker that has a task returns that task', async () => {
    await farm.admit(...tasks(2));
    const worker = await farm.worker('a');
    const first = await worker.claim(0);
    expect(await worker.claim(0)).toEqual(first);
    expect((await farm.control.observe(0)).held).toMatchObject({ leased: 1, waiting: 1 });
  });

  test('by a worker that the registry does not know is answered so', async () => {
    const worker = await farm.worker('a');
    await worker.leave();
    expect(await worker.claim(0)).toEqual({ kind: 'unknown' });
    expect(await worker.beat(undefined)).toEqual({ state: 'unknown', holdsLease: false });
  });

  test('tells all that the worker needs to know', async () => {
    const task = aTask({
      type: 'image',
      options: '{"a":1}',
      expectedServiceSeconds: 0.5,
      deadlineSeconds: 3,
    });
    await farm.admit(task);
    const lease = leaseOf(await (await farm.worker('a')).claim(0));
    expect(lease).toMatchObject({
      ...{ taskId: task.id, type: 'image', options: '{"a":1}', expectedServiceSeconds: 0.5 },
      ...{ failedAttempts: 0, generation: 0 },
    });
    expect(lease.deadlineAtSeconds - lease.generatedAtSeconds).toBeCloseTo(3, 5);
    expect(lease.input).toBeUndefined();
  });

  test('hands options over as they were given, at the inbox as well, though they have lines of their own', async () => {
    const options = '\n{"a":\n"ü\\n"}\n';
    await farm.admit(aTask({ options }));
    expect(leaseOf(await (await farm.worker('a')).claim(0)).options).toBe(options);
    const waiting = await farm.worker('b');
    expect(await waiting.claim(PROMPTLY_SECONDS)).toEqual({ kind: 'none' });
    await farm.admit(aTask({ options }));
    expect(leaseOf(await waiting.waitAtInbox(PROMPTLY_SECONDS)).options).toBe(options);
  });

  test('gives every k-th to the task that is lost for longest, so that lost tasks keep moving', async () => {
    await farm.store.configure({ order: 'deadline', lostShare: 3 });
    const lost = aTask({ deadlineSeconds: 1 });
    await farm.admit(lost);
    await farm.shift(30);
    await farm.admit(...tasks(4));
    const order: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      order.push(leaseOf(await (await farm.worker(`w${String(index)}`)).claim(0)).taskId);
    }
    expect(order.indexOf(lost.id)).toBe(2);
  });

  test('under triage gives up the longest of the tasks that cannot all make it', async () => {
    await farm.store.configure({ order: 'triage' });
    const long = aTask({ expectedServiceSeconds: 4, deadlineSeconds: 4.5 });
    const short = aTask({ expectedServiceSeconds: 1, deadlineSeconds: 4.6 });
    await farm.admit(long, short);
    expect(leaseOf(await (await farm.worker('a')).claim(0)).taskId).toBe(short.id);
  });
});

describe('a worker that waits', () => {
  test('is handed a task in one hop, and exactly one of them is woken', async () => {
    const [a, b] = [await farm.worker('a'), await farm.worker('b')];
    await a.claim(PROMPTLY_SECONDS);
    await b.claim(PROMPTLY_SECONDS);
    const waits = [a.waitAtInbox(PROMPTLY_SECONDS), b.waitAtInbox(PROMPTLY_SECONDS)];
    const task = aTask();
    await farm.admit(task);
    expect(await Promise.race(waits)).toMatchObject({
      kind: 'task',
      lease: { taskId: task.id },
      unconfirmed: true,
    });
    expect((await farm.control.observe(0)).held).toMatchObject({ leased: 1, waiting: 0 });
    expect(await farm.store.redis.zcard(farm.store.key('waiters'))).toBe(1);
    const other = aTask();
    await farm.admit(other);
    const leases = (await Promise.all(waits)).map((reply) => leaseOf(reply).taskId);
    expect(leases.toSorted()).toEqual([task.id, other.id].toSorted());
  });

  test('that says nothing gives its task back after a second, and no attempt is counted', async () => {
    const task = aTask();
    const worker = await farm.worker('a');
    await worker.claim(1);
    await farm.admit(task);
    await farm.pass(0.9);
    expect(await farm.stateOf(task.id)).toBe('leased');
    await farm.pass(0.1);
    expect(await farm.results.read(task.id)).toMatchObject({ status: 'waiting', failedAttempts: 0 });
    expect((await farm.control.observe(0)).counters).toMatchObject({ handedBack: 1, attemptsFailed: 0 });
  });

  test('does not find a hand-over in its inbox that was taken back', async () => {
    const worker = await farm.worker('a');
    await worker.claim(1);
    await farm.admit(aTask());
    await farm.pass(1);
    expect(await farm.store.redis.exists(farm.store.inboxKey('a'))).toBe(0);
  });

  test('keeps the task for a whole lease once it has confirmed', async () => {
    const task = aTask();
    const worker = await farm.worker('a');
    await worker.claim(1);
    await farm.admit(task);
    const lease = leaseOf(await worker.waitAtInbox(1));
    expect(await worker.confirm(lease)).toBe(true);
    await farm.pass(4.5);
    expect(await farm.stateOf(task.id)).toBe('leased');
    await farm.pass(0.5);
    expect(await farm.results.read(task.id)).toMatchObject({ status: 'delayed', failedAttempts: 1 });
    expect(await worker.confirm(lease)).toBe(false);
  });

  test('that asks again has the task that lay in its inbox, once', async () => {
    const task = aTask();
    const worker = await farm.worker('a');
    await worker.claim(1);
    await farm.admit(task);
    const lease = leaseOf(await worker.claim(0));
    expect(lease.taskId).toBe(task.id);
    expect(await farm.store.redis.exists(farm.store.inboxKey('a'))).toBe(0);
    await farm.pass(2);
    expect(await farm.stateOf(task.id)).toBe('leased');
  });

  test('is not handed anything after its wait is over', async () => {
    const worker = await farm.worker('a');
    await worker.claim(1);
    await farm.shift(2);
    const task = aTask();
    await farm.admit(task);
    expect(await farm.stateOf(task.id)).toBe('waiting');
  });

  test('is handed a task that another gives back', async () => {
    const task = aTask();
    await farm.admit(task);
    const [a, b] = [await farm.worker('a'), await farm.worker('b')];
    const lease = leaseOf(await a.claim(0));
    await b.claim(PROMPTLY_SECONDS);
    const waits = b.waitAtInbox(PROMPTLY_SECONDS);
    await a.handBack(lease);
    expect(leaseOf(await waits).taskId).toBe(task.id);
  });
});

describe('a hand-back', () => {
  test('keeps the place of the task and counts no attempt', async () => {
    const [first, second] = [aTask({ deadlineSeconds: 5 }), aTask({ deadlineSeconds: 6 })];
    await farm.admit(first, second);
    const worker = await farm.worker('a');
    const lease = leaseOf(await worker.claim(0));
    expect(await worker.handBack(lease)).toBe(true);
    expect((await farm.control.observe(0)).workers).toMatchObject([{ id: 'a', state: 'idle' }]);
    const again = leaseOf(await worker.claim(0));
    expect(again).toEqual({ ...lease, leaseId: again.leaseId });
    expect(again.leaseId).not.toBe(lease.leaseId);
  });

  test('of a task that is no longer this worker’s changes nothing', async () => {
    const task = aTask();
    await farm.admit(task);
    const worker = await farm.worker('a');
    const lease = leaseOf(await worker.claim(0));
    await worker.answer(lease, DONE);
    expect(await worker.handBack(lease)).toBe(false);
    expect(await farm.stateOf(task.id)).toBe('answered');
  });
});

describe('a worker that goes from task to task', () => {
  test('holds each of them for a whole lease, counted from its own beginning', async () => {
    await farm.admit(...tasks(2));
    const worker = await farm.worker('a');
    const lease = leaseOf(await worker.claim(0));
    await farm.pass(3);
    const { taskId } = leaseOf((await worker.answer(lease, DONE, 0)).next);
    await farm.pass(4);
    expect(await farm.stateOf(taskId)).toBe('leased');
    await farm.pass(2);
    expect(await farm.stateOf(taskId)).toBe('delayed');
  });
});

describe('a heartbeat', () => {
  test('renews the lease that it names, and only that', async () => {
    const task = aTask();
    await farm.admit(task);
    const worker = await farm.worker('a');
    const lease = leaseOf(await worker.claim(0));
    for (let second = 0; second < 8; second += 1) {
      await farm.pass(1);
      expect(await worker.beat(lease)).toEqual({ state: 'busy', holdsLease: true });
    }
    await farm.pass(4);
    expect(await worker.beat({ ...lease, leaseId: 'another' })).toMatchObject({ holdsLease: false });
    await farm.pass(1);
    expect(await farm.stateOf(task.id)).toBe('delayed');
    expect(await worker.beat(lease)).toEqual({ state: 'idle', holdsLease: false });
  });

  test('keeps a worker in the registry; two lease lengths without one end it', async () => {
    const [a] = [await farm.worker('a'), await farm.worker('b')];
    await farm.shift(9);
    await a.beat(undefined);
    await farm.pass(1);
    expect((await farm.control.observe(0)).workers.map(({ id }) => id)).toEqual(['a']);
  });

  test('does what has become due by time alone', async () => {
    const worker = await farm.worker('a');
    await worker.claim(30);
    await farm.admit(aTask());
    await farm.shift(1);
    await (await farm.worker('b')).beat(undefined);
    expect((await farm.control.observe(0)).held).toMatchObject({ leased: 0, waiting: 1 });
  });
});

describe('a worker that ends', () => {
  test('by itself gives its task back at once, without an attempt', async () => {
    const task = aTask();
    await farm.admit(task);
    const worker = await farm.worker('a');
    await worker.claim(0);
    await worker.leave();
    expect(await farm.results.read(task.id)).toMatchObject({ status: 'waiting', failedAttempts: 0 });
  });

  test('by a crash that somebody saw gives its task back at once, as an attempt', async () => {
    const task = aTask();
    await farm.admit(task);
    const worker = await farm.worker('a');
    await worker.claim(0);
    await farm.control.workerEnded('a', 'crashed');
    await farm.control.workerEnded('a', 'crashed');
    expect(await farm.results.read(task.id)).toMatchObject({ status: 'delayed', failedAttempts: 1 });
    expect((await farm.control.observe(0)).workers).toEqual([]);
  });

  test('by a crash before it has confirmed costs no attempt', async () => {
    const task = aTask();
    const worker = await farm.worker('a');
    await worker.claim(1);
    await farm.admit(task);
    await farm.control.workerEnded('a', 'crashed');
    expect(await farm.results.read(task.id)).toMatchObject({ status: 'waiting', failedAttempts: 0 });
  });
});

describe('after nobody has looked for more than three seconds', () => {
  test('leases last one length longer: whoever holds one could not renew it either', async () => {
    const task = aTask();
    await farm.admit(task);
    const worker = await farm.worker('a');
    const lease = leaseOf(await worker.claim(0));
    await farm.store.tick();
    await farm.passUnseen(10);
    expect(await farm.stateOf(task.id)).toBe('leased');
    expect(await worker.beat(lease)).toEqual({ state: 'busy', holdsLease: true });
    await farm.pass(5);
    expect(await farm.stateOf(task.id)).toBe('delayed');
  });

  test('counts from the entry of the first worker: an outage before the first look burns no attempt', async () => {
    const task = aTask();
    const worker = await farm.worker('a');
    await farm.admit(task);
    const lease = leaseOf(await worker.claim(0));
    await farm.passUnseen(10);
    expect(await farm.results.read(task.id)).toMatchObject({ status: 'leased', failedAttempts: 0 });
    expect(await worker.beat(lease)).toEqual({ state: 'busy', holdsLease: true });
  });

  test('a farm in which only looks that far apart are left takes the task back at the third', async () => {
    const task = aTask();
    await farm.admit(task);
    await (await farm.worker('a')).claim(0);
    await farm.store.tick();
    const states: (string | undefined)[] = [];
    for (let look = 1; look <= 3; look += 1) {
      await farm.passUnseen(8);
      states.push(await farm.stateOf(task.id));
    }
    expect(states).toEqual(['leased', 'leased', 'delayed']);
  });
});
