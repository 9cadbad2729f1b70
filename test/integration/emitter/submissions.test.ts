import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { json, startEmitter } from '../../support/door-process.ts';
import { squareJpeg } from '../../support/pictures.ts';
import { endingWithTest } from '../../support/launch.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { QueueFarm, SOUND } from '../../support/queue-farm.ts';
import type { TemplateProcess } from '../../support/template-process.ts';

let redis: PrivateRedis;
let farm: QueueFarm;
let jpeg: Buffer<ArrayBuffer>;

beforeAll(async () => {
  redis = await PrivateRedis.start();
  jpeg = Buffer.from(await squareJpeg(256));
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

function post(to: TemplateProcess, path = '/', headers: Readonly<Record<string, string>> = {}) {
  return to.call(path, { method: 'POST', body: jpeg, headers });
}

function postJson(to: TemplateProcess, body: unknown) {
  const headers = { 'content-type': 'application/json' };
  return to.call('/tasks', { method: 'POST', body: JSON.stringify(body), headers });
}

function listOf(answer: { readonly text: string }, name: string): readonly Record<string, unknown>[] {
  return json(answer)[name] as Record<string, unknown>[];
}

const short = { type: 'calibrated', options: { serviceSeconds: 0.1 } };

test('a picture becomes a task with a computed deadline, and the answer says where its Result will be', async () => {
  const to = await emitter({ COLLECTOR_URL: 'http://results.example/' });
  const answer = await post(to, '/?deadlineFactor=100&stages=metadata');
  expect(answer.status).toBe(202);
  const body = json(answer);
  const result = `/results/${String(body['task'])}`;
  expect(body).toMatchObject({ result, resultUrl: `http://results.example${result}`, repeated: false });
  expect(answer.headers.get('location')).toBe(`http://results.example${result}`);
  const expected = Number(body['expectedServiceSeconds']);
  expect(expected).toBeGreaterThan(0);
  expect(body['deadlineSeconds']).toBeCloseTo(200 * expected, 5);
  const seat = await farm.worker('w');
  const claim = await seat.claim(0);
  expect(claim).toMatchObject({ kind: 'task', lease: { type: 'image', options: '{"stages":["metadata"]}' } });
});

test('a given deadline holds, by query or by header, and the query wins', async () => {
  const to = await emitter();
  const seconds = async (path: string, headers: Readonly<Record<string, string>>) =>
    json(await post(to, path, headers))['deadlineSeconds'];
  expect(await seconds('/?deadline=90s', {})).toBe(90);
  expect(await seconds('/', { 'x-farmhand-deadline': '800ms' })).toBe(0.8);
  expect(await seconds('/?deadline=2m', { 'x-farmhand-deadline': '800ms' })).toBe(120);
});

const wrongOptions: readonly (readonly [path: string, field: string])[] = [
  ['/?deadline=soon', 'deadline'],
  ['/?deadline=0', 'deadline'],
  ['/?deadline=-1s', 'deadline'],
  ['/?deadline=3000h', 'deadline'],
  ['/?deadline=1s&deadline=2s', 'deadline'],
  ['/?deadlineFactor=0', 'deadlineFactor'],
  ['/?deadline=1s&deadlineFactor=2', 'deadlineFactor'],
  ['/?lost=maybe', 'lost'],
  ['/?type=../image', 'type'],
  ['/?stages=thumbnail,rotate', 'stages[1]'],
  ['/?thumbnail.width=0', 'thumbnail.width'],
  ['/?compression.format=gif', 'compression.format'],
  ['/?sharpen=1', 'sharpen'],
  ['/?compression.sharpen=1', 'compression.sharpen'],
  ['/?__proto__.polluted=1', '__proto__'],
];

test('options that cannot be taken are refused with 400, by name', async () => {
  const to = await emitter();
  for (const [path, field] of wrongOptions) {
    const answer = await post(to, path);
    expect([path, answer.status, json(answer)['field']]).toEqual([path, 400, field]);
  }
  expect((await farm.control.observe(0)).counters.admitted).toBe(0);
});

test('the same idempotency key is the same task, also when the posts come all at once', async () => {
  const to = await emitter();
  const key = { 'idempotency-key': 'order 7/photo' };
  const answers = await Promise.all(Array.from({ length: 8 }, () => post(to, '/', key)));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
  const [first, ...others] = new Set(answers.map((answer) => json(answer)['task']));
  expect(others).toEqual([]);
  const later = json(await post(to, '/', key));
  expect(later).toMatchObject({ task: first, repeated: true });
  expect((await farm.control.observe(0)).counters.admitted).toBe(1);
  expect(await farm.audit()).toEqual(SOUND);
});

test('a full farm answers 429 with Retry-After, uploads nothing, and still knows what it knew', async () => {
  const to = await emitter({ MAX_WAITING: '1' });
  expect((await post(to, '/', { 'idempotency-key': 'a' })).status).toBe(202);
  const before = (await farm.control.observe(0)).blobBytes;
  const full = await post(to, '/', { 'idempotency-key': 'b' });
  expect(full.status).toBe(429);
  expect(Number(full.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(json(await post(to, '/', { 'idempotency-key': 'a' }))['repeated']).toBe(true);
  expect((await farm.control.observe(0)).blobBytes).toBe(before);
});

test('a farm that holds too many bytes answers 429, and takes tasks without input all the same', async () => {
  const to = await emitter({ MAX_BLOB_BYTES: String(jpeg.byteLength) });
  expect((await post(to)).status).toBe(202);
  const full = await post(to);
  expect([full.status, full.text]).toEqual([429, expect.stringContaining('MAX_BLOB_BYTES')]);
  expect((await to.call('/?type=calibrated&serviceSeconds=0.1', { method: 'POST' })).status).toBe(202);
});

test('a list of tasks is let in task by task: 202 for all, 207 for some, 429 for none', async () => {
  const to = await emitter({ MAX_WAITING: '3' });
  const input = jpeg.toString('base64');
  const first = await postJson(to, { tasks: [short, { type: 'image', input, deadlineSeconds: 7 }] });
  expect([first.status, json(first)]).toEqual([
    202,
    { admitted: 2, refused: 0, tasks: [expect.any(Object), expect.objectContaining({ deadlineSeconds: 7 })] },
  ]);
  const second = await postJson(to, [short, short]);
  expect(second.status).toBe(207);
  expect(listOf(second, 'tasks').map((task) => task['status'])).toEqual([202, 429]);
  expect((await postJson(to, [short])).status).toBe(429);
  expect(await farm.audit()).toEqual(SOUND);
});

test('one wrong task in a list keeps all of them out, and is named', async () => {
  const to = await emitter();
  const answer = await postJson(to, [
    short,
    { ...short, deadlineSeconds: -1 },
    { type: 'image', input: '%' },
  ]);
  expect(answer.status).toBe(400);
  const problems = listOf(answer, 'problems').map((problem) => problem['field']);
  expect(problems).toEqual(['tasks[1].deadlineSeconds', 'tasks[2].input']);
  expect((await farm.control.observe(0)).counters.admitted).toBe(0);
});

test('a waiting task can be cancelled, one that a worker has cannot', async () => {
  const to = await emitter();
  const submitted = json(await post(to));
  const path = `/tasks/${String(submitted['task'])}`;
  expect(json(await to.call(path))['status']).toBe('waiting');
  for (let again = 0; again < 2; again += 1) {
    const cancelled = await to.call(path, { method: 'DELETE' });
    expect([cancelled.status, json(cancelled)['status']]).toEqual([200, 'cancelled']);
  }
  const other = `/tasks/${String(json(await post(to))['task'])}`;
  const seat = await farm.worker('w');
  await seat.claim(0);
  const refused = await to.call(other, { method: 'DELETE' });
  expect([refused.status, json(refused)['status']]).toEqual([409, 'leased']);
  expect((await to.call('/tasks/nobody', { method: 'DELETE' })).status).toBe(404);
  expect(await farm.audit()).toEqual(SOUND);
});

test('paths and methods that are not there are refused in a way that helps', async () => {
  const to = await emitter();
  expect((await to.call('/nowhere')).status).toBe(404);
  expect((await to.call('/tasks/%2e%2e%2fload')).status).toBe(404);
  const wrong = await to.call('/');
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  const form = new FormData();
  form.set('file', new Blob([jpeg]));
  expect((await to.call('/', { method: 'POST', body: form })).status).toBe(415);
});

test('service-time models of a calibration are used as soon as the emitter sees them', async () => {
  const models = { image: { secondsPerPixel: 0, fixedSeconds: 3 } };
  await farm.store.redis.set(farm.store.key('service-models'), JSON.stringify(models));
  expect(json(await post(await emitter()))['expectedServiceSeconds']).toBe(3);
});

test('the rules that were set are given to the farm, and no others', async () => {
  await emitter({ DISPATCH: 'fifo', LEASE_SECONDS: '2.5' });
  const config = await farm.store.redis.hgetall(farm.store.key('config'));
  expect(config).toMatchObject({ order: 'fifo', lease: '2500000', lostShare: '0' });
  expect(config['attempts']).toBeUndefined();
});

test('a Redis that evicts keys is refused at the start', async () => {
  const evicting = await PrivateRedis.start({ parameters: ['--maxmemory-policy', 'allkeys-lru'] });
  try {
    await expect(startEmitter(evicting, 'evicting')).rejects.toThrow();
    const { TemplateProcess: Process } = await import('../../support/template-process.ts');
    const refused = new Process({
      handler: { file: 'emitter/handler.ts' },
      env: { REDIS_URL: evicting.url },
    });
    expect(await refused.ended).toBe(1);
    expect(JSON.stringify(refused.lines)).toContain('maxmemory-policy noeviction');
    await refused.dispose();
  } finally {
    await evicting.stop();
  }
});

test('while Redis is away a submission gets 503 at once, and when it is back all goes on', async () => {
  const own = await PrivateRedis.start({ appendfsync: 'always' });
  const to = await startEmitter(own, 'away');
  endingWithTest(to);
  try {
    expect((await post(to)).status).toBe(202);
    await own.kill();
    const away = await post(to);
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '2']);
    expect((await to.call('/_/health')).status).toBe(200);
    await own.restart();
    while ((await post(to)).status === 503);
    expect((await post(to)).status).toBe(202);
  } finally {
    await own.stop();
  }
});

test('a Redis that has stopped answering costs a request its few seconds, and the next ones nothing', async () => {
  const own = await PrivateRedis.start();
  const to = await startEmitter(own, 'frozen', { REDIS_ANSWER_SECONDS: '0.5' });
  endingWithTest(to);
  try {
    process.kill(own.pid, 'SIGSTOP');
    expect((await post(to)).status).toBe(503);
    expect((await post(to)).text).toContain('Redis is away');
    process.kill(own.pid, 'SIGCONT');
    while ((await post(to)).status === 503);
  } finally {
    await own.stop();
  }
});
