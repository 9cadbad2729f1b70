import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Answer, OutputBlob } from '../../../shared/farm/result.ts';
import type { NewTask } from '../../../shared/farm/task.ts';
import { BlobLedger, RedisBlobStore } from '../../../shared/io/redis/blob-store.ts';
import type { Seat } from '../../../shared/io/redis/seat.ts';
import { aTask, tasks } from '../../support/build-task.ts';
import { json, startCollector } from '../../support/door-process.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { DONE, ERROR, INVALID, leaseOf, QueueFarm, SOUND } from '../../support/queue-farm.ts';
import type { TemplateProcess } from '../../support/template-process.ts';
import { eventually } from '../../support/worker-process.ts';

let redis: PrivateRedis;
let farm: QueueFarm;
let ledger: BlobLedger;
let seat: Seat;
const collectors: TemplateProcess[] = [];

beforeAll(async () => {
  redis = await PrivateRedis.start();
});
beforeEach(async () => {
  farm = await QueueFarm.open(redis, { maxAttempts: 1 });
  ledger = new BlobLedger(farm.store, new RedisBlobStore(farm.store.redis, farm.store.farm));
  seat = await farm.worker('w');
});
afterEach(async () => {
  await Promise.all(collectors.splice(0).map((collector) => collector.dispose()));
  farm.close();
});
afterAll(() => redis.stop());

async function collector(env: Readonly<Record<string, string>> = {}): Promise<TemplateProcess> {
  const started = await startCollector(redis, farm.store.farm, env);
  collectors.push(started);
  return started;
}

/** Lets a worker take the task and answer it. */
async function work(task: NewTask, answer: Answer): Promise<void> {
  await farm.admit(task);
  await seat.answer(leaseOf(await seat.claim(0)), answer);
}

async function outputOf(contentType: string, text: string): Promise<OutputBlob> {
  const bytes = Buffer.from(text);
  const ref = BlobLedger.newRef();
  await ledger.put(new Map([[ref, bytes]]), 0);
  return { ref, contentType, bytes: bytes.byteLength };
}

test('whoever waits for a Result is answered as soon as it is there', async () => {
  const at = await collector();
  const task = aTask();
  await farm.admit(task);
  expect((await at.call(`/results/${task.id}`)).status).toBe(202);
  const waiting = Promise.all([1, 2, 3].map(() => at.call(`/results/${task.id}?wait=60s`)));
  await eventually(async () => {
    const [, listeners] = (await farm.store.redis.pubsub('NUMSUB', farm.results.channel)) as [string, number];
    return listeners > 0 ? true : undefined;
  });
  await seat.answer(leaseOf(await seat.claim(0)), { ...DONE, serviceSeconds: 0.25 });
  for (const answer of await waiting) {
    expect(answer.status).toBe(200);
    expect(json(answer)).toMatchObject({
      task: task.id,
      status: 'done',
      metDeadline: true,
      serviceSeconds: 0.25,
    });
  }
});

test('a wait that is over tells where the task is, and one for nothing is not begun', async () => {
  const at = await collector();
  const task = aTask();
  await farm.admit(task);
  const answer = await at.call(`/results/${task.id}?wait=100ms`);
  expect([answer.status, json(answer)['status'], answer.headers.get('cache-control')]).toEqual([
    202,
    'waiting',
    'no-store',
  ]);
  await farm.submissions.cancel(task.id, 60);
  expect(json(await at.call(`/results/${task.id}?wait=60s`))['status']).toBe('cancelled');
  expect((await at.call('/results/unknown?wait=60s')).status).toBe(404);
});

test('a collector that is stopped answers those who wait, and ends at once', async () => {
  const at = await collector();
  const task = aTask();
  await farm.admit(task);
  const waiting = at.call(`/results/${task.id}?wait=60s`);
  await eventually(async () => {
    const [, listeners] = (await farm.store.redis.pubsub('NUMSUB', farm.results.channel)) as [string, number];
    return listeners > 0 ? true : undefined;
  });
  at.child.kill('SIGTERM');
  expect((await waiting).status).toBe(202);
  expect(await at.ended).toBe(0);
});

test('an output is served with its type, may be cached for ever, and is never run', async () => {
  const at = await collector();
  const task = aTask();
  const thumbnail = await outputOf('image/webp', 'pixels');
  const page = await outputOf('text/html\r\nx: y', '<script>');
  await work(task, { outcome: 'done', summary: { sides: 2 }, outputs: { thumbnail, 'a page': page } });
  const path = `/results/${task.id}/thumbnail`;
  const answer = await at.call(`${path}?wait=10s`);
  expect([answer.status, answer.text]).toEqual([200, 'pixels']);
  expect(answer.headers.get('content-type')).toBe('image/webp');
  expect(answer.headers.get('cache-control')).toContain('immutable');
  const etag = answer.headers.get('etag') ?? '';
  expect((await at.call(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
  const strange = await at.call(`/results/${task.id}/a%20page`);
  expect([strange.status, strange.headers.get('content-type')]).toEqual([200, 'application/octet-stream']);
  expect(strange.headers.get('content-security-policy')).toContain('sandbox');
  const missing = await at.call(`/results/${task.id}/constructor`);
  expect([missing.status, json(missing)['error']]).toEqual([404, 'the outputs are thumbnail, a page']);
  const result = json(await at.call(`/results/${task.id}`));
  expect(result).toMatchObject({
    summary: { sides: 2 },
    outputs: {
      thumbnail: { href: path, contentType: 'image/webp', bytes: 6 },
      'a page': { href: `/results/${task.id}/a%20page` },
    },
  });
  expect(JSON.stringify(result)).not.toContain(thumbnail.ref);
});

test('a failed Result says why, and can be sent round again from the dead letters', async () => {
  const at = await collector();
  const task = aTask();
  await work(task, ERROR);
  const failed = await at.call(`/results/${task.id}?wait=10s`);
  expect(failed.status).toBe(200);
  expect(json(failed)).toMatchObject({ status: 'failed', kind: 'error', metDeadline: false });
  expect((await at.call(`/results/${task.id}/thumbnail`)).text).toContain('it broke');
  expect(json(await at.call('/dead-letters'))).toMatchObject({ total: 1, results: [{ task: task.id }] });
  const requeue = () => at.call(`/dead-letters/${task.id}/requeue`, { method: 'POST' });
  expect((await requeue()).status).toBe(202);
  const again = await requeue();
  expect([again.status, json(again)['status']]).toEqual([409, 'waiting']);
  await seat.answer(leaseOf(await seat.claim(0)), DONE);
  expect(json(await at.call(`/results/${task.id}?wait=10s`))).toMatchObject({
    status: 'done',
    generation: 1,
  });
  expect(json(await at.call('/dead-letters'))).toMatchObject({ total: 0, results: [] });
  expect(await farm.audit()).toEqual(SOUND);
});

test('Results are listed newest first, a page at a time', async () => {
  const at = await collector();
  const all = tasks(5);
  for (const task of all) {
    await work(task, DONE);
    await at.call(`/results/${task.id}?wait=10s`);
  }
  const ids = all.map(({ id }) => id).toReversed();
  const page = json(await at.call('/results?limit=2&offset=1'));
  const found = page['results'] as { readonly task: string }[];
  expect([page['total'], found.map(({ task }) => task)]).toEqual([5, ids.slice(1, 3)]);
});

test('the counters add up, and QoS is absent until something falls due', async () => {
  const at = await collector();
  const before = json(await at.call('/counters'));
  expect(before['qosPercent']).toBeUndefined();
  for (const answer of [DONE, ERROR, INVALID]) {
    const task = aTask();
    await work(task, answer);
    await at.call(`/results/${task.id}?wait=10s`);
  }
  const after = json(await at.call('/counters'));
  expect(after).toMatchObject({
    counters: { admitted: 3, completed: 1, failed: 2, invalid: 1, met: 1, missed: 1 },
    dropped: 0,
    duplicated: 0,
    qosPercent: 50,
  });
  const metrics = (await at.call('/_/metrics')).text;
  expect(metrics).toContain('farmhand_results_total{type="calibrated",outcome="invalid"} 1');
  expect(metrics).toContain('farmhand_deadlines_total{type="calibrated",met="yes"} 1');
});

test('a collector that is killed with answers waiting leaves them to the next, and each is recorded once', async () => {
  const killed = await collector();
  const all = tasks(300);
  await farm.admit(...all);
  for (const [index] of all.entries()) {
    if (index === 150) {
      killed.child.kill('SIGKILL');
      await killed.ended;
    }
    await seat.answer(leaseOf(await seat.claim(0)), DONE);
  }
  const [one, two] = await Promise.all([collector(), collector()]);
  await Promise.all(all.map(({ id }, index) => (index % 2 ? one : two).call(`/results/${id}?wait=10s`)));
  const { counters, held } = await farm.control.observe(0);
  expect([counters.completed, held]).toEqual([300, { waiting: 0, delayed: 0, leased: 0, answered: 0 }]);
  expect(await farm.audit()).toEqual(SOUND);
});

test('a Result and its outputs are forgotten when their time is over', async () => {
  const at = await collector({ RESULT_SECONDS: '1' });
  const task = aTask();
  await work(task, { outcome: 'done', summary: {}, outputs: { a: await outputOf('text/plain', 'bytes') } });
  expect((await at.call(`/results/${task.id}/a?wait=10s`)).text).toBe('bytes');
  await eventually(async () => ((await at.call(`/results/${task.id}`)).status === 404 ? true : undefined));
  await eventually(async () => ((await farm.control.observe(0)).blobBytes === 0 ? true : undefined));
  expect(await farm.audit()).toEqual(SOUND);
});

test('a farm without workers lives: the collector gives back what a dead worker held', async () => {
  await collector();
  await farm.store.configure({ leaseSeconds: 1.5, maxAttempts: 3, backoffSeconds: 0 });
  const task = aTask();
  await farm.admit(task);
  await seat.claim(0);
  await eventually(async () => ((await farm.stateOf(task.id)) === 'waiting' ? true : undefined));
});

test('paths that lead nowhere get 404, and are not repeated in the answer', async () => {
  const at = await collector();
  for (const path of [
    '/results/%2e%2e%2fcounters',
    '/results/<script>',
    `/results/${'a'.repeat(65)}`,
    '/results/a/b/c',
    '/results/a/',
    '/results//thumbnail',
    '/dead-letters/a/requeue/b',
    '/dead-letters/a',
    '/',
  ]) {
    const answer = await at.call(path);
    expect([path, answer.status]).toEqual([path, 404]);
    expect(answer.text).not.toContain('script');
  }
  expect((await at.call('/results/a%00b')).status).toBe(400);
  const wrong = await at.call('/results', { method: 'POST' });
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET']);
});

test('where Redis has no memory left, Results are recorded and forgotten all the same, which frees it', async () => {
  const own = await PrivateRedis.start();
  const ownFarm = await QueueFarm.open(own, {}, 'full');
  const ownLedger = new BlobLedger(ownFarm.store, new RedisBlobStore(ownFarm.store.redis, 'full'));
  const at = await startCollector(own, 'full', { RESULT_SECONDS: '1' });
  try {
    const ref = BlobLedger.newRef();
    await ownLedger.put(new Map([[ref, Buffer.alloc(100_000)]]), 0);
    const task = aTask({ input: ref });
    await ownFarm.admit(task);
    const worker = await ownFarm.worker('w');
    const lease = leaseOf(await worker.claim(0));
    at.child.kill('SIGSTOP');
    await worker.answer(lease, DONE);
    await ownFarm.store.redis.config('SET', 'maxmemory', '1mb');
    at.child.kill('SIGCONT');
    expect(json(await at.call(`/results/${task.id}?wait=10s`))['status']).toBe('done');
    await eventually(async () => ((await ownFarm.control.observe(0)).blobBytes === 0 ? true : undefined));
    await ownFarm.store.redis.config('SET', 'maxmemory', '0');
    expect(await ownFarm.audit()).toEqual(SOUND);
  } finally {
    await at.dispose();
    ownFarm.close();
    await own.stop();
  }
});

test('a wait goes on over a restart of Redis', async () => {
  const own = await PrivateRedis.start({ appendfsync: 'always' });
  const ownFarm = await QueueFarm.open(own, {}, 'restarted');
  const at = await startCollector(own, 'restarted');
  try {
    const task = aTask();
    await ownFarm.admit(task);
    await own.kill();
    expect((await at.call(`/results/${task.id}?wait=5s`)).status).toBe(503);
    await own.restart();
    await eventually(async () => ((await at.call('/counters')).status === 200 ? true : undefined));
    const waiting = at.call(`/results/${task.id}?wait=60s`);
    const worker = await ownFarm.worker('w');
    await worker.answer(leaseOf(await worker.claim(0)), DONE);
    expect((await waiting).status).toBe(200);
  } finally {
    await at.dispose();
    ownFarm.close();
    await own.stop();
  }
});
