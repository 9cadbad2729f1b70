import { expect, test } from 'vitest';
import type { NewTask } from '../../../shared/farm/task.ts';
import { aTask } from '../../support/build-task.ts';
import { farmOfEachTest } from '../../support/farm-of-each-test.ts';
import { DONE, INVALID, leaseOf } from '../../support/queue-farm.ts';
import type { QueueFarm } from '../../support/queue-farm.ts';

let farm: QueueFarm;

farmOfEachTest((opened) => {
  farm = opened;
});

/** A task with a failed Result, and what failed it. */
async function deadLetter(overrides: Partial<NewTask> = {}) {
  const task = aTask(overrides);
  await farm.admit(task);
  const worker = await farm.worker('first');
  const lease = leaseOf(await worker.claim(0));
  await worker.answer(lease, INVALID);
  await farm.collect();
  return { task, worker, lease };
}

test('a dead letter goes round again as a new generation with a new deadline and all its attempts', async () => {
  const { task, worker, lease } = await deadLetter();
  expect(await farm.results.list('dead', 0, 10)).toEqual({ ids: [task.id], total: 1 });
  await farm.shift(30);
  expect(await farm.submissions.requeue(task.id)).toBe('requeued');
  expect(await farm.results.list('dead', 0, 10)).toEqual({ ids: [], total: 0 });
  const next = leaseOf(await worker.claim(0));
  expect(next).toMatchObject({ taskId: task.id, generation: 1, failedAttempts: 0 });
  expect(next.deadlineAtSeconds - next.generatedAtSeconds).toBeCloseTo(10, 5);
  expect(next.generatedAtSeconds).toBeGreaterThanOrEqual(lease.generatedAtSeconds);
  await worker.answer(next, DONE);
  await farm.collect();
  expect(await farm.results.read(task.id)).toMatchObject({
    status: 'done',
    generation: 1,
    metDeadline: true,
  });
  expect((await farm.control.observe(0)).counters).toMatchObject({
    ...{ requeued: 1, completed: 1, failed: 1, admitted: 1 },
  });
});

test('an answer to an earlier generation is late, also when it is the resend of the one that counted', async () => {
  const { task, worker, lease } = await deadLetter();
  await farm.submissions.requeue(task.id);
  expect((await worker.answer(lease, INVALID)).verdict).toBe('late');
  expect(await farm.stateOf(task.id)).toBe('waiting');
});

test('only what has failed can be requeued; anything else says what it is', async () => {
  const { task, worker } = await deadLetter();
  expect(await farm.submissions.requeue('nobody')).toBeUndefined();
  await farm.submissions.requeue(task.id);
  expect(await farm.submissions.requeue(task.id)).toBe('waiting');
  const lease = leaseOf(await worker.claim(0));
  expect(await farm.submissions.requeue(task.id)).toBe('leased');
  await worker.answer(lease, DONE);
  expect(await farm.submissions.requeue(task.id)).toBe('answered');
  await farm.collect();
  expect(await farm.submissions.requeue(task.id)).toBe('done');
});

test('a requeueing whose reply was lost on the way is sent again, and is done once', async () => {
  const { task, worker } = await deadLetter();
  const request = [task.id, 'the same request'];
  expect(await farm.store.run('requeue', request)).toBe('requeued');
  expect(await farm.store.run('requeue', request)).toBe('requeued');
  await worker.answer(leaseOf(await worker.claim(0)), INVALID);
  await farm.collect();
  expect(await farm.store.run('requeue', request)).toBe('requeued');
  expect(await farm.stateOf(task.id)).toBe('failed');
  expect((await farm.control.observe(0)).counters).toMatchObject({ requeued: 1, failed: 2 });
});

test('a requeued task is handed to a worker that waits', async () => {
  const { task } = await deadLetter();
  const idle = await farm.worker('idle');
  expect(await idle.claim(1)).toEqual({ kind: 'none' });
  await farm.submissions.requeue(task.id);
  expect(leaseOf(await idle.waitAtInbox(1)).taskId).toBe(task.id);
});

test('a requeued task that asked to be discarded once lost is discarded again', async () => {
  const { task } = await deadLetter({ lost: 'discard' });
  await farm.submissions.requeue(task.id);
  await farm.pass(11);
  await farm.collect();
  expect(await farm.results.read(task.id)).toMatchObject({
    status: 'failed',
    kind: 'discarded',
    generation: 1,
  });
});
