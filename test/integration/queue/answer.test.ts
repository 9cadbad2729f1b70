import { describe, expect, test } from 'vitest';
import { aTask } from '../../support/build-task.ts';
import { farmOfEachTest } from '../../support/farm-of-each-test.ts';
import { DONE, ERROR, INVALID, leaseOf, PROMPTLY_SECONDS } from '../../support/queue-farm.ts';
import type { QueueFarm } from '../../support/queue-farm.ts';

let farm: QueueFarm;

farmOfEachTest((opened) => {
  farm = opened;
});

async function counters(): Promise<Readonly<Record<string, number>>> {
  return { ...(await farm.control.observe(0)).counters };
}

describe('an answer', () => {
  test('makes exactly one Result, however often it is sent', async () => {
    const task = aTask();
    await farm.admit(task);
    const worker = await farm.worker('a');
    const lease = leaseOf(await worker.claim(0));
    expect((await worker.answer(lease, { ...DONE, serviceSeconds: 0.25 })).verdict).toBe('accepted');
    expect((await worker.answer(lease, DONE)).verdict).toBe('same');
    expect(await farm.collect()).toMatchObject([
      { taskId: task.id, status: 'done', metDeadline: true, serviceSeconds: 0.25 },
    ]);
    expect((await worker.answer(lease, DONE)).verdict).toBe('same');
    expect(await farm.collect()).toEqual([]);
    expect(await counters()).toMatchObject({ completed: 1, met: 1, lateAnswers: 0 });
  });

  test('counts also when it comes after its lease, while the task waits for another attempt', async () => {
    const task = aTask();
    await farm.admit(task);
    const worker = await farm.worker('a');
    const lease = leaseOf(await worker.claim(0));
    await farm.pass(5);
    expect(await farm.stateOf(task.id)).toBe('delayed');
    expect((await worker.answer(lease, DONE)).verdict).toBe('accepted');
    await farm.pass(2);
    expect(await farm.stateOf(task.id)).toBe('answered');
  });

  test('counts also when it comes after its lease, while the task waits in the queue', async () => {
    const task = aTask();
    await farm.admit(task);
    const worker = await farm.worker('a');
    const lease = leaseOf(await worker.claim(0));
    await farm.pass(5);
    await farm.pass(1);
    expect(await farm.stateOf(task.id)).toBe('waiting');
    expect((await worker.answer(lease, DONE)).verdict).toBe('accepted');
    expect(await (await farm.worker('b')).claim(0)).toEqual({ kind: 'none' });
    expect(await counters()).toMatchObject({ withdrawn: 1 });
  });

  test('counts before that of the worker that holds the task now, whose own answer is late', async () => {
    const { first, second, firstLease, secondLease } = await overtaken();
    expect((await first.answer(firstLease, DONE)).verdict).toBe('accepted');
    expect((await second.answer(secondLease, DONE)).verdict).toBe('late');
    expect(await farm.collect()).toHaveLength(1);
    expect((await second.answer(secondLease, DONE)).verdict).toBe('late');
    expect((await first.answer(firstLease, DONE)).verdict).toBe('same');
    expect(await counters()).toMatchObject({ superseded: 1, lateAnswers: 2, completed: 1 });
  });

  test('of an earlier holder leaves the present one free to go on, also where its own claim was lost', async () => {
    const { first, second, firstLease } = await overtaken();
    await first.answer(firstLease, DONE);
    expect(await second.claim(0)).toEqual({ kind: 'none' });
    await farm.pass(6);
    expect(await farm.collect()).toHaveLength(1);
    await farm.pass(6);
    expect(await farm.collect()).toEqual([]);
  });

  test('that reports an error without holding the task is late: another attempt goes on already', async () => {
    const { first, firstLease } = await overtaken();
    expect((await first.answer(firstLease, ERROR)).verdict).toBe('late');
  });

  test('brings the next task back in the same step', async () => {
    await farm.admit(aTask({ deadlineSeconds: 1 }), aTask({ deadlineSeconds: 2 }));
    const worker = await farm.worker('a');
    const reply = await worker.answer(leaseOf(await worker.claim(0)), DONE, 0);
    const next = leaseOf(reply.next);
    expect((await worker.answer(next, DONE, 0)).next).toEqual({ kind: 'none' });
  });

  test('that is sent again returns the next task that it brought the first time', async () => {
    await farm.admit(aTask({ deadlineSeconds: 1 }), aTask({ deadlineSeconds: 2 }), aTask());
    const worker = await farm.worker('a');
    const lease = leaseOf(await worker.claim(0));
    const next = leaseOf((await worker.answer(lease, DONE, 0)).next);
    const again = await worker.answer(lease, DONE, 0);
    expect(again).toEqual({ verdict: 'same', next: { kind: 'task', lease: next } });
  });

  test('about invalid input is final and stands outside QoS', async () => {
    const task = aTask();
    await farm.admit(task);
    const worker = await farm.worker('a');
    await worker.answer(leaseOf(await worker.claim(0)), INVALID);
    await farm.collect();
    expect(await farm.results.read(task.id)).toMatchObject({
      ...{ status: 'failed', kind: 'invalid', reason: 'not an image', failedAttempts: 0 },
    });
    expect(await counters()).toMatchObject({ failed: 1, invalid: 1, met: 0, missed: 0 });
  });

  test('to a task that nobody knows is late', async () => {
    await farm.admit(aTask());
    const worker = await farm.worker('a');
    const lease = leaseOf(await worker.claim(0));
    expect((await worker.answer({ ...lease, taskId: 'nobody' }, DONE)).verdict).toBe('late');
  });

  test('wakes exactly one collector that waits', async () => {
    const stores = [farm.another(), farm.another()];
    for (const name of ['one', 'two']) {
      await farm.results.collect(name, { most: 10, keepSeconds: 60, waitSeconds: 30 });
    }
    const woken = stores.map((store, index) =>
      store.redis.blpop(store.inboxKey(['one', 'two'][index] ?? ''), PROMPTLY_SECONDS),
    );
    await farm.admit(aTask());
    const worker = await farm.worker('a');
    await worker.answer(leaseOf(await worker.claim(0)), DONE);
    await Promise.race(woken);
    expect(await farm.store.redis.zcard(farm.store.key('collectors'))).toBe(1);
    expect(await farm.collect()).toHaveLength(1);
    for (const { redis } of stores) redis.disconnect();
    await Promise.allSettled(woken);
  });

  /** The first worker lost its lease, the second has the task now. */
  async function overtaken() {
    await farm.admit(aTask());
    const [first, second] = [await farm.worker('first'), await farm.worker('second')];
    const firstLease = leaseOf(await first.claim(0));
    await farm.pass(5);
    await farm.pass(1);
    const secondLease = leaseOf(await second.claim(0));
    return { first, second, firstLease, secondLease };
  }
});

describe('an attempt that failed', () => {
  test('is followed by others after a back-off that doubles, and after the last by a failed Result', async () => {
    const task = aTask();
    await farm.admit(task);
    const worker = await farm.worker('a');
    for (const backoffSeconds of [1, 2]) {
      await worker.answer(leaseOf(await worker.claim(0)), ERROR);
      await farm.pass(backoffSeconds - 0.5);
      expect(await farm.stateOf(task.id)).toBe('delayed');
      await farm.pass(0.5);
      expect(await farm.stateOf(task.id)).toBe('waiting');
    }
    const last = leaseOf(await worker.claim(0));
    expect(last.failedAttempts).toBe(2);
    await worker.answer(last, ERROR);
    await farm.collect();
    expect(await farm.results.read(task.id)).toMatchObject({
      ...{ status: 'failed', kind: 'error', failedAttempts: 3, reason: 'it broke (attempt 3 of 3)' },
    });
    expect(await counters()).toMatchObject({ attemptsFailed: 3, retried: 2, failed: 1, missed: 1 });
  });

  test('keeps the place of its task: generation and deadline stay', async () => {
    await farm.admit(aTask());
    const worker = await farm.worker('a');
    const before = leaseOf(await worker.claim(0));
    await worker.answer(before, ERROR);
    await farm.store.redis.zadd(farm.store.key('delayed'), 1, before.taskId);
    await farm.store.tick();
    const after = leaseOf(await worker.claim(0));
    expect(after).toEqual({ ...before, leaseId: after.leaseId, failedAttempts: 1 });
  });

  test('is counted where a worker was lost with its task, and says so', async () => {
    const task = aTask();
    await farm.admit(task);
    for (const name of ['a', 'b', 'c']) {
      leaseOf(await (await farm.worker(name)).claim(0));
      await farm.pass(5);
      await farm.pass(3);
    }
    await farm.collect();
    expect(await farm.results.read(task.id)).toMatchObject({
      ...{ status: 'failed', kind: 'error', failedAttempts: 3 },
      reason: 'worker c was lost: its lease ended without an answer (attempt 3 of 3)',
    });
  });

  test('does not swallow the answer to the next one by a worker of the same name that entered anew', async () => {
    const task = aTask();
    await farm.admit(task);
    const worker = await farm.worker('a');
    await worker.answer(leaseOf(await worker.claim(0)), ERROR);
    await worker.leave();
    // A worker that the registry lost and that enters again: its claims may bear the names of earlier ones.
    const again = await farm.worker('a');
    await farm.pass(1);
    expect((await again.answer(leaseOf(await again.claim(0)), DONE)).verdict).toBe('accepted');
  });
});
