import { describe, expect, test } from 'vitest';
import { Submissions } from '../../../shared/io/redis/submissions.ts';
import { aTask, tasks } from '../../support/build-task.ts';
import { farmOfEachTest } from '../../support/farm-of-each-test.ts';
import { DONE, ERROR, leaseOf } from '../../support/queue-farm.ts';
import type { QueueFarm } from '../../support/queue-farm.ts';

let farm: QueueFarm;

farmOfEachTest((opened) => {
  farm = opened;
});

describe('an admission', () => {
  test('sent twice lets its tasks in once', async () => {
    const batch = tasks(3);
    const first = await farm.submissions.admit(batch);
    const second = await farm.submissions.admit(batch);
    expect(first.map(({ kind }) => kind)).toEqual(['admitted', 'admitted', 'admitted']);
    expect(second).toEqual(first.map((admission) => ({ ...admission, kind: 'same' })));
    expect((await farm.control.observe(0)).held.waiting).toBe(3);
  });

  test('by the idempotency key of another returns that other task, in whatever state it is', async () => {
    const first = aTask({ idempotencyKey: 'order 66: ütf-8' });
    await farm.admit(first);
    const worker = await farm.worker('a');
    await worker.answer(leaseOf(await worker.claim(0)), DONE);
    await farm.collect();
    expect(await farm.submissions.admit([aTask({ idempotencyKey: 'order 66: ütf-8' })])).toMatchObject([
      { kind: 'same', id: first.id },
    ]);
  });

  test('finds the same key within one batch', async () => {
    const [a, b] = [aTask({ idempotencyKey: 'k' }), aTask({ idempotencyKey: 'k' })];
    expect(await farm.submissions.admit([a, b])).toMatchObject([
      { kind: 'admitted', id: a.id },
      { kind: 'same', id: a.id },
    ]);
  });

  test('is refused task by task where too many wait; those that are delayed count, those with workers do not', async () => {
    const narrow = new Submissions(farm.store, { maxWaiting: 2, idempotencySeconds: 60 });
    const kinds = async (count: number): Promise<string[]> =>
      (await narrow.admit(tasks(count))).map(({ kind }) => kind);
    expect(await kinds(3)).toEqual(['admitted', 'admitted', 'full']);
    const worker = await farm.worker('a');
    const lease = leaseOf(await worker.claim(0));
    expect(await kinds(2)).toEqual(['admitted', 'full']);
    await worker.answer(lease, ERROR);
    expect(await kinds(1)).toEqual(['full']);
  });

  test('that fails leaves nothing behind', async () => {
    const careless = new Submissions(farm.store, { maxWaiting: 10, idempotencySeconds: 0 });
    const task = aTask({ idempotencyKey: 'k' });
    await expect(careless.admit([task])).rejects.toThrow();
    expect(await farm.stateOf(task.id)).toBeUndefined();
  });

  test('carries awkward text to the worker as it is', async () => {
    const options = JSON.stringify({ text: '\u0000 "quoted" \\ / \u2028 😀 \n', nested: [null, 1.5] });
    const waiting = await farm.worker('waiting');
    await waiting.claim(1);
    await farm.admit(aTask({ options }));
    expect(leaseOf(await waiting.waitAtInbox(1)).options).toBe(options);
    await farm.admit(aTask({ options }));
    expect(leaseOf(await (await farm.worker('b')).claim(0)).options).toBe(options);
  });
});

describe('a cancellation', () => {
  test('takes out a task that waits, and one that is delayed', async () => {
    const [waiting, delayed] = [aTask(), aTask({ deadlineSeconds: 1 })];
    await farm.admit(waiting, delayed);
    const worker = await farm.worker('a');
    await worker.answer(leaseOf(await worker.claim(0)), ERROR);
    expect(await farm.submissions.cancel(waiting.id, 60)).toBe('cancelled');
    expect(await farm.submissions.cancel(delayed.id, 60)).toBe('cancelled');
    await farm.pass(5);
    expect(await worker.claim(0)).toEqual({ kind: 'none' });
    expect((await farm.control.observe(0)).counters).toMatchObject({ cancelled: 2, withdrawn: 1 });
  });

  test('sent twice is the same', async () => {
    const task = aTask();
    await farm.admit(task);
    await farm.submissions.cancel(task.id, 60);
    expect(await farm.submissions.cancel(task.id, 60)).toBe('cancelled');
    expect((await farm.control.observe(0)).counters.cancelled).toBe(1);
  });

  test('comes too late once a worker has the task, and says where it is', async () => {
    const task = aTask();
    await farm.admit(task);
    const worker = await farm.worker('a');
    const lease = leaseOf(await worker.claim(0));
    expect(await farm.submissions.cancel(task.id, 60)).toBe('leased');
    await worker.answer(lease, DONE);
    expect(await farm.submissions.cancel(task.id, 60)).toBe('answered');
    await farm.collect();
    expect(await farm.submissions.cancel(task.id, 60)).toBe('done');
    expect(await farm.submissions.cancel('nobody', 60)).toBeUndefined();
  });

  test('stands: an answer by a worker that lost the task before is late', async () => {
    const task = aTask();
    await farm.admit(task);
    const worker = await farm.worker('a');
    const lease = leaseOf(await worker.claim(0));
    await farm.pass(5);
    await farm.submissions.cancel(task.id, 60);
    expect((await worker.answer(lease, DONE)).verdict).toBe('late');
    await farm.pass(61);
    await farm.store.run('expire', [10]);
    expect(await farm.stateOf(task.id)).toBeUndefined();
  });
});

describe('a task that asked to be discarded', () => {
  test('gets a failed Result when it can no longer make its deadline, whether it waits or is delayed', async () => {
    const [waiting, delayed] = [aTask({ lost: 'discard' }), aTask({ lost: 'discard', deadlineSeconds: 9 })];
    await farm.admit(waiting, delayed);
    const worker = await farm.worker('a');
    await worker.answer(leaseOf(await worker.claim(0)), ERROR);
    await farm.store.redis.zincrby(farm.store.key('delayed'), 1e9, delayed.id);
    await farm.pass(10);
    await farm.collect();
    for (const { id } of [waiting, delayed]) {
      expect(await farm.results.read(id)).toMatchObject({ status: 'failed', kind: 'discarded' });
    }
    expect((await farm.control.observe(0)).counters).toMatchObject({ failed: 2, missed: 2 });
  });

  test('is looked at again when the worker that had it gives it back', async () => {
    const task = aTask({ lost: 'discard', deadlineSeconds: 1 });
    await farm.admit(task);
    const worker = await farm.worker('a');
    const lease = leaseOf(await worker.claim(0));
    await farm.pass(2);
    expect(await farm.stateOf(task.id)).toBe('leased');
    await worker.handBack(lease);
    await farm.pass(5);
    expect(await farm.stateOf(task.id)).toBe('answered');
  });
});
