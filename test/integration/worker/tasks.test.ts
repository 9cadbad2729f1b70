import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { BlobLedger, RedisBlobStore } from '../../../shared/io/redis/blob-store.ts';
import type { QueueFarm } from '../../support/queue-farm.ts';
import { SOUND } from '../../support/queue-farm.ts';
import { aTask } from '../../support/build-task.ts';
import { squareJpeg } from '../../support/pictures.ts';
import { collected } from '../../support/worker-process.ts';
import { BAD_TYPES, WorkerFixture } from './fixture.ts';

let fixture: WorkerFixture;

beforeAll(async () => {
  fixture = await WorkerFixture.start();
});
afterEach(() => fixture.clear());
afterAll(() => fixture.stop());

function ledgerOf(farm: QueueFarm): BlobLedger {
  return new BlobLedger(farm.store, new RedisBlobStore(farm.store.redis, farm.store.farm));
}

async function resultOf(farm: QueueFarm, id: string): Promise<object> {
  await collected(farm, [id]);
  return (await farm.results.read(id)) ?? {};
}

test('a calibrated task is done, and its Result says how long it took', async () => {
  const farm = await fixture.farm();
  await fixture.worker(farm);
  const task = aTask({ options: '{"serviceSeconds":0.05}' });
  await farm.admit(task);
  const result = await resultOf(farm, task.id);
  expect(result).toMatchObject({ status: 'done', summary: { serviceSeconds: 0.05 }, failedAttempts: 0 });
  expect(result).toHaveProperty('serviceSeconds', expect.closeTo(0.05, 0));
  expect(await farm.audit()).toEqual(SOUND);
});

test('a picture goes in, and its outputs can be read', async () => {
  const farm = await fixture.farm();
  await fixture.worker(farm);
  const input = BlobLedger.newRef();
  const ledger = ledgerOf(farm);
  await ledger.put(new Map([[input, await squareJpeg(256)]]), 0);
  const task = aTask({ type: 'image', input, options: '{"stages":["thumbnail","metadata"]}' });
  await farm.admit(task);
  const result = await resultOf(farm, task.id);
  expect(result).toMatchObject({
    status: 'done',
    summary: { picture: { widthPixels: 256, heightPixels: 256 } },
    outputs: { thumbnail: { contentType: expect.stringMatching(/^image\//) as string } },
  });
  const { thumbnail } = (result as { outputs: Record<string, { ref: string; bytes: number }> }).outputs;
  expect((await ledger.get(thumbnail?.ref ?? ''))?.byteLength).toBe(thumbnail?.bytes);
  expect(await farm.audit()).toEqual(SOUND);
});

test('a picture that is none is refused once, and the next good task is done', async () => {
  const farm = await fixture.farm();
  await fixture.worker(farm);
  const input = BlobLedger.newRef();
  await ledgerOf(farm).put(new Map([[input, Buffer.from('not a picture')]]), 0);
  const bad = aTask({ type: 'image', input });
  const good = aTask();
  await farm.admit(bad, good);
  await collected(farm, [bad.id, good.id]);
  expect(await farm.results.read(bad.id)).toMatchObject({
    status: 'failed',
    kind: 'invalid',
    failedAttempts: 0,
  });
  expect(await farm.stateOf(good.id)).toBe('done');
  expect(await farm.audit()).toEqual(SOUND);
});

test.each(['no-such-type', '../tasks/image', '__proto__', 'task-type'])(
  'a task of the type %s is invalid, and the types that there are are named',
  async (type) => {
    const farm = await fixture.farm();
    await fixture.worker(farm);
    const task = aTask({ type });
    await farm.admit(task);
    expect(await resultOf(farm, task.id)).toMatchObject({
      status: 'failed',
      kind: 'invalid',
      reason: expect.stringContaining('there are: calibrated, image') as string,
    });
    expect(await farm.audit()).toEqual(SOUND);
  },
);

test.each([
  ['throws', "ENOENT: no such file, open 'throws.ts' (attempt 2 of 2)"],
  ['exits', "the task's thread ended by itself, with exit code 3 (attempt 2 of 2)"],
  ['hoards', expect.stringMatching(/memory.* \(attempt 2 of 2\)$/)],
  ['blocks', 'work() took longer than 0.5 s and was ended (attempt 2 of 2)'],
  ['broken', 'the task type broken could not be loaded: a package is missing (attempt 2 of 2)'],
])(
  'a task type that %s fails its own task after its attempts, and the next task is done',
  async (type, reason) => {
    const farm = await fixture.farm({ maxAttempts: 2 });
    const env = { ...BAD_TYPES, TASK_TIMEOUT_SECONDS: '0.5', TASK_HEAP_MEBIBYTES: '32' };
    await fixture.worker(farm, type === 'hoards' ? { ...env, TASK_TIMEOUT_SECONDS: '60' } : env);
    const bad = aTask({ type });
    const good = aTask({ deadlineSeconds: 20 });
    await farm.admit(bad, good);
    await collected(farm, [bad.id, good.id]);
    expect(await farm.results.read(bad.id)).toMatchObject({ status: 'failed', kind: 'error', reason });
    expect(await farm.stateOf(good.id)).toBe('done');
    expect(await farm.audit()).toEqual(SOUND);
  },
);

test('a task whose input is gone goes through its attempts and fails with that reason', async () => {
  const farm = await fixture.farm({ maxAttempts: 1 });
  const input = BlobLedger.newRef();
  await ledgerOf(farm).put(new Map([[input, Buffer.from('soon gone')]]), 0);
  const task = aTask({ type: 'image', input });
  await farm.admit(task);
  await new RedisBlobStore(farm.store.redis, farm.store.farm).delete([input]);
  await fixture.worker(farm);
  expect(await resultOf(farm, task.id)).toMatchObject({
    status: 'failed',
    kind: 'error',
    reason: 'its input is gone from the blob store (attempt 1 of 1)',
  });
});

test('a worker says who it is and what it does, and counts in metrics', async () => {
  const farm = await fixture.farm();
  const worker = await fixture.worker(farm);
  const task = aTask({ expectedServiceSeconds: 0.01 });
  await farm.admit(task);
  await collected(farm, [task.id]);
  await worker.line('task answered');
  const { workerId } = await worker.line('worker started');
  const said = await worker.call('/');
  expect(JSON.parse(said.text)).toMatchObject({ workerId, state: 'idle' });
  expect((await worker.call('/', { method: 'POST', body: 'work' })).status).toBe(405);
  expect((await worker.call('/elsewhere')).status).toBe(404);
  const metrics = (await worker.call('/_/metrics')).text;
  expect(metrics).toContain('farmhand_worker_tasks_total{type="calibrated",outcome="done"} 1');
  expect(metrics).toContain('farmhand_worker_state{state="idle"} 1');
});
