import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { aTask } from '../../support/build-task.ts';
import { SOUND } from '../../support/queue-farm.ts';
import { collected, eventually, workerIn } from '../../support/worker-process.ts';
import { BAD_TYPES, WorkerFixture } from './fixture.ts';

const SYN_OPTIONS = { stepSeconds: 20, staleSeconds: 10 };

let fixture: WorkerFixture;

beforeAll(async () => {
  fixture = await WorkerFixture.start();
});
afterEach(() => fixture.clear());
afterAll(() => fixture.stop());

test('an idle worker that is to stop leaves the registry and ends with 0', async () => {
  const farm = await fixture.farm();
  const worker = await fixture.worker(farm);
  await workerIn(farm, 'idle');
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
  expect((await farm.control.observe(0)).workers).toEqual([]);
  expect(await farm.audit()).toEqual(SOUND);
});

test('a worker that is to stop answers its task first, and claims no other', async () => {
  const farm = await fixture.farm();
  const worker = await fixture.worker(farm);
  const [first, second] = [aTask({ options: '{"serviceSeconds":0.5}' }), aTask({ deadlineSeconds: 20 })];
  await farm.admit(first, second);
  await workerIn(farm, 'busy');
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
  expect(await farm.stateOf(first.id)).toBe('answered');
  expect(await farm.stateOf(second.id)).toBe('waiting');
  expect(await farm.audit()).toEqual(SOUND);
});

test.each([
  ['that waits', 'calibrated'],
  ['that blocks its thread', 'blocks'],
])('a task %s longer than the grace goes back, and no attempt is counted', async (_name, type) => {
  const farm = await fixture.farm();
  const worker = await fixture.worker(farm, { ...BAD_TYPES, GRACE_SECONDS: '3' });
  const task = aTask({ type, expectedServiceSeconds: 60, deadlineSeconds: 100 });
  await farm.admit(task);
  await workerIn(farm, 'busy');
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
  expect(await farm.results.read(task.id)).toMatchObject({ status: 'waiting', failedAttempts: 0 });
  expect((await farm.control.observe(0)).counters).toMatchObject({ handedBack: 1, attemptsFailed: 0 });
  expect(await farm.audit()).toEqual(SOUND);
});

test('a blocked thread stops neither the heartbeat nor the renewal of the lease', async () => {
  const farm = await fixture.farm({ leaseSeconds: 2 });
  const worker = await fixture.worker(farm, BAD_TYPES);
  const task = aTask({ type: 'blocks', expectedServiceSeconds: 60, deadlineSeconds: 100 });
  await farm.admit(task);
  const { heartbeatAtSeconds } = await workerIn(farm, 'busy');
  await eventually(async () => {
    const [entry] = (await farm.control.observe(0)).workers;
    return entry !== undefined && entry.heartbeatAtSeconds > heartbeatAtSeconds + 3 ? true : undefined;
  });
  expect((await farm.control.observe(0)).workers).toMatchObject([{ state: 'busy', taskId: task.id }]);
  expect((await worker.call('/_/health')).status).toBe(200);
  expect(JSON.parse((await worker.call('/')).text)).toMatchObject({ state: 'busy', taskId: task.id });
  expect((await farm.control.observe(0)).counters.attemptsFailed).toBe(0);
  expect(await farm.audit()).toEqual(SOUND);
});

test('an idle worker acknowledges a SYN and waits; taken back, it works again', async () => {
  const farm = await fixture.farm();
  const worker = await fixture.worker(farm);
  await workerIn(farm, 'idle');
  await farm.control.sendSyn(1, 1, SYN_OPTIONS);
  await workerIn(farm, 'drained');
  const task = aTask();
  await farm.admit(task);
  await worker.line('SYN acknowledged');
  expect(await farm.stateOf(task.id)).toBe('waiting');
  await farm.control.takeBack(2, 1);
  await collected(farm, [task.id]);
  expect(worker.child.exitCode).toBeNull();
  expect(await farm.audit()).toEqual(SOUND);
});

test('a busy worker finishes its task before it acknowledges, claims no other, and stops when it is told', async () => {
  const farm = await fixture.farm();
  const worker = await fixture.worker(farm);
  const [first, second] = [aTask({ options: '{"serviceSeconds":1}' }), aTask({ deadlineSeconds: 20 })];
  await farm.admit(first, second);
  await workerIn(farm, 'busy');
  await farm.control.sendSyn(1, 1, SYN_OPTIONS);
  expect((await workerIn(farm, 'draining')).taskId).toBe(first.id);
  await workerIn(farm, 'drained');
  expect(await farm.stateOf(first.id)).toBe('answered');
  expect(await farm.stateOf(second.id)).toBe('waiting');
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
  expect(await farm.audit()).toEqual(SOUND);
});

test('the task of a worker that was killed is done by another one after the lease', async () => {
  const farm = await fixture.farm({ leaseSeconds: 2 });
  const task = aTask({ options: '{"serviceSeconds":1.5}', deadlineSeconds: 60 });
  // It waits when the worker comes, so that it is claimed: what is only handed over goes back without an attempt.
  await farm.admit(task);
  const killed = await fixture.worker(farm);
  await workerIn(farm, 'busy');
  killed.child.kill('SIGKILL');
  await fixture.worker(farm);
  await collected(farm, [task.id]);
  expect(await farm.results.read(task.id)).toMatchObject({ status: 'done', failedAttempts: 1 });
  expect(await farm.audit()).toEqual(SOUND);
});

test('a worker enters again when Redis has lost everything, and goes on', async () => {
  const farm = await fixture.farm();
  const worker = await fixture.worker(farm);
  await workerIn(farm, 'idle');
  await fixture.redis.restart();
  await workerIn(farm, 'idle');
  const task = aTask();
  await farm.admit(task);
  await collected(farm, [task.id]);
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
  expect(await farm.audit()).toEqual(SOUND);
});

test('a worker that is to stop while Redis is away ends with 0 within its grace', async () => {
  const farm = await fixture.farm();
  const worker = await fixture.worker(farm, { GRACE_SECONDS: '2' });
  await workerIn(farm, 'idle');
  await fixture.redis.kill();
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
  await fixture.redis.restart();
});
