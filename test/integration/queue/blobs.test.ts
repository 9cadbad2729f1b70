import { expect, test } from 'vitest';
import type { BlobRef } from '../../../shared/farm/task.ts';
import { BlobLedger, BlobsFull, RedisBlobStore } from '../../../shared/io/redis/blob-store.ts';
import { aTask } from '../../support/build-task.ts';
import { farmOfEachTest } from '../../support/farm-of-each-test.ts';
import { DONE, INVALID, leaseOf } from '../../support/queue-farm.ts';
import type { QueueFarm } from '../../support/queue-farm.ts';

let farm: QueueFarm;
let ledger: BlobLedger;

farmOfEachTest((opened) => {
  farm = opened;
  ledger = new BlobLedger(farm.store, new RedisBlobStore(farm.store.redis, farm.store.farm));
});

async function upload(bytes: number, mostBytes = 0): Promise<BlobRef> {
  const ref = BlobLedger.newRef();
  await ledger.put(new Map([[ref, new Uint8Array(bytes).fill(7)]]), mostBytes, 600);
  return ref;
}

async function bytesHeld(): Promise<number> {
  return (await farm.control.observe(0)).blobBytes;
}

test('an upload that no task takes in time is deleted, and its bytes are free again', async () => {
  const ref = await upload(1000);
  await farm.shift(599);
  expect(await ledger.expire()).toBe(0);
  expect(await bytesHeld()).toBe(1000);
  await farm.shift(1);
  expect(await ledger.expire()).toBe(1);
  expect(await ledger.get(ref)).toBeUndefined();
  expect(await bytesHeld()).toBe(0);
});

test('input and output live as long as their task can be read', async () => {
  const input = await upload(1000);
  const task = aTask({ input });
  await farm.admit(task);
  const worker = await farm.worker('a');
  const lease = leaseOf(await worker.claim(0));
  expect(lease.input).toBe(input);
  const output = await upload(50);
  const outputs = { picture: { ref: output, contentType: 'image/png', bytes: 50 } };
  await worker.answer(lease, { ...DONE, outputs });
  await farm.collect();
  await farm.shift(59);
  expect(await ledger.expire()).toBe(0);
  expect(await farm.results.read(task.id)).toMatchObject({ outputs });
  expect(await ledger.get(output)).toHaveLength(50);
  await farm.shift(1);
  expect(await ledger.expire()).toBe(2);
  expect(await farm.stateOf(task.id)).toBeUndefined();
  expect(await ledger.get(input)).toBeUndefined();
  expect(await bytesHeld()).toBe(0);
});

test('a dead letter that was requeued in time keeps its input', async () => {
  const input = await upload(10);
  const task = aTask({ input });
  await farm.admit(task);
  const worker = await farm.worker('a');
  await worker.answer(leaseOf(await worker.claim(0)), INVALID);
  await farm.collect();
  await farm.submissions.requeue(task.id);
  await farm.shift(1000);
  expect(await ledger.expire()).toBe(0);
  expect(await ledger.get(input)).toHaveLength(10);
});

test('outputs of an answer that came too late are deleted', async () => {
  const task = aTask();
  await farm.admit(task);
  const worker = await farm.worker('a');
  const lease = leaseOf(await worker.claim(0));
  await worker.answer(lease, INVALID);
  const output = await upload(5);
  const late = await worker.answer(
    { ...lease, leaseId: 'another:1:0' },
    { ...DONE, outputs: { a: { ref: output, contentType: 'text/plain', bytes: 5 } } },
  );
  expect(late.verdict).toBe('late');
  await farm.shift(600);
  await ledger.expire();
  expect(await ledger.get(output)).toBeUndefined();
});

test('an input that was uploaded too long ago, or that another task has taken, is not there', async () => {
  const input = await upload(1);
  await farm.admit(aTask({ input }));
  expect(await farm.submissions.admit([aTask({ input })])).toMatchObject([{ kind: 'noInput' }]);
  const old = await upload(1);
  await farm.shift(600);
  await ledger.expire();
  expect(await farm.submissions.admit([aTask({ input: old })])).toMatchObject([{ kind: 'noInput' }]);
});

test('the bytes of all blobs have a limit', async () => {
  await upload(600, 1000);
  await expect(upload(401, 1000)).rejects.toThrow(BlobsFull);
  expect(await bytesHeld()).toBe(600);
  await upload(400, 1000);
  expect(await bytesHeld()).toBe(1000);
});

test('a reservation that is sent again when a task has taken the blob does not take it away from the task', async () => {
  const input = await upload(10);
  await farm.admit(aTask({ input }));
  await farm.store.run('reserve-blobs', [0, 600_000_000, input, 10]);
  await farm.shift(600);
  expect(await ledger.expire()).toBe(0);
  expect(await ledger.get(input)).toHaveLength(10);
  expect(await bytesHeld()).toBe(10);
});

test('an answer whose outputs have been given up meanwhile is a failed attempt, not a Result that points at nothing', async () => {
  const task = aTask();
  await farm.admit(task);
  const worker = await farm.worker('a');
  const lease = leaseOf(await worker.claim(0));
  const output = await upload(50);
  await farm.store.redis.zrem(farm.store.key('blob-pending'), output);
  const outputs = { picture: { ref: output, contentType: 'image/png', bytes: 50 } };
  expect(await worker.answer(lease, { ...DONE, outputs })).toMatchObject({ verdict: 'accepted' });
  expect(await farm.results.read(task.id)).toMatchObject({ status: 'delayed', failedAttempts: 1 });
});
