import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { expect, test } from 'vitest';

import { launch } from '../../support/launch.ts';
import type { TemplateProcess } from '../../support/template-process.ts';

/** What comes back for bytes that no HTTP client would send. */
async function raw(process: TemplateProcess, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(process.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes);
  return text(socket);
}

const ECHO = `
  export async function handle(request) {
    const { method, path, query, callId, body } = request;
    return { status: 201, body: { method, path, query: [...query], callId, body: body.toString() } };
  }`;

test('a request reaches the function decoded, and its answer carries the call id and the duration', async () => {
  const process = await launch({ handler: ECHO }).listening();
  const headers = { 'x-call-id': 'call-1', 'x-start-time': '1700000000000000000' };
  const answer = await process.call('/a%20b/%C3%A9?x=1&x=%20', { method: 'POST', body: 'hello', headers });
  expect(answer.status).toBe(201);
  expect(JSON.parse(answer.text)).toEqual({
    method: 'POST',
    path: '/a b/é',
    query: [
      ['x', '1'],
      ['x', ' '],
    ],
    callId: 'call-1',
    body: 'hello',
  });
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('x-call-id')).toBe('call-1');
  expect(answer.headers.get('x-start-time')).toBe('1700000000000000000');
  expect(answer.headers.get('x-duration-seconds')).toMatch(/^\d+\.\d{6}$/);
  expect(answer.headers.get('x-powered-by')).toBeNull();
});

test('a missing or unusable call id is made', async () => {
  const process = await launch({ handler: ECHO }).listening();
  const [missing, long] = await Promise.all([
    process.call('/'),
    process.call('/', { headers: { 'x-call-id': 'x'.repeat(129) } }),
  ]);
  for (const { headers } of [missing, long]) expect(headers.get('x-call-id')).toMatch(/^[0-9a-f-]{36}$/);
  expect(missing.headers.get('x-start-time')).toMatch(/^\d{19}$/);
});

test('strings, bytes, no body, 204 and HEAD are answered as HTTP wants them', async () => {
  const process = await launch({
    handler: `
      const answers = {
        '/text': { status: 200, body: 'é' },
        '/bytes': { status: 200, body: new Uint8Array([1, 2, 3]), headers: { 'Content-Type': 'image/webp' } },
        '/nothing': { status: 202 },
        '/empty': { status: 204, body: 'left out' },
      };
      export async function handle({ path }) { return answers[path]; }`,
  }).listening();
  const text = await process.call('/text');
  expect([text.text, text.headers.get('content-type')]).toEqual(['é', 'text/plain; charset=utf-8']);
  const bytes = await process.call('/bytes');
  expect([bytes.text, bytes.headers.get('content-type')]).toEqual(['\x01\x02\x03', 'image/webp']);
  const nothing = await process.call('/nothing');
  expect([nothing.status, nothing.text, nothing.headers.get('content-length')]).toEqual([202, '', '0']);
  const empty = await process.call('/empty');
  expect([empty.status, empty.text, empty.headers.get('content-length')]).toEqual([204, '', null]);
  const head = await process.call('/text', { method: 'HEAD' });
  expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', '2']);
  const health = await process.call('/_/health', { method: 'HEAD' });
  expect([health.status, health.text]).toEqual([200, '']);
});

test('a thrown error is a 500 without its words, logged once with the call id', async () => {
  const process = await launch({
    handler: `
      export async function handle({ path }) {
        if (path === '/throw') throw new Error('password of the database');
        if (path === '/reject') return Promise.reject('a string');
        if (path === '/status') return { status: 99 };
        if (path === '/nothing') return undefined;
        if (path === '/header') return { status: 200, headers: { 'x-mine': 'split\\r\\nline' } };
        if (path === '/circular') { const body = {}; body.self = body; return { status: 200, body }; }
        return { status: 200, body: 'fine' };
      }`,
  }).listening();
  for (const path of ['throw', 'reject', 'status', 'nothing', 'header', 'circular']) {
    const answer = await process.call(`/${path}`, { headers: { 'x-call-id': path } });
    expect(answer.status, path).toBe(500);
    expect(JSON.parse(answer.text), path).toEqual({
      error: 'the function failed; its log says why under this call id',
      callId: path,
    });
    expect(answer.headers.get('x-mine')).toBeNull();
  }
  expect((await process.call('/')).text).toBe('fine');
  const failures = process.lines.filter(({ msg }) => msg === 'handle() failed');
  expect(failures.map((line) => line['callId'])).toEqual([
    'throw',
    'reject',
    'status',
    'nothing',
    'header',
    'circular',
  ]);
  expect(failures[0]).toMatchObject({ level: 'error', err: { message: 'password of the database' } });
});

test('a body above the limit is refused with the limit, announced or not, and the next request succeeds', async () => {
  const process = await launch({ handler: ECHO, env: { MAX_BODY_BYTES: '1000' } }).listening();
  const announced = await process.call('/', { method: 'POST', body: 'x'.repeat(1001) });
  expect([announced.status, announced.text]).toEqual([
    413,
    expect.stringContaining('MAX_BODY_BYTES, 1000 bytes'),
  ]);
  const chunk = new TextEncoder().encode('x'.repeat(600));
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(chunk);
      controller.enqueue(chunk);
      controller.close();
    },
  });
  const chunked = await process.call('/', { method: 'POST', body: stream, duplex: 'half' });
  expect(chunked.status).toBe(413);
  expect((await process.call('/', { method: 'POST', body: 'x'.repeat(1000) })).status).toBe(201);
});

test('a large body that is refused is answered, not reset', async () => {
  const process = await launch({ handler: ECHO, env: { MAX_BODY_BYTES: '1000' } }).listening();
  const answer = await process.call('/', { method: 'POST', body: Buffer.alloc(20 * 2 ** 20) });
  expect(answer.status).toBe(413);
});

test('a client that asks before it sends is refused before it sends', async () => {
  const process = await launch({ handler: ECHO, env: { MAX_BODY_BYTES: '1000' } }).listening();
  const head = 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nExpect: 100-continue\r\n';
  expect(await raw(process, `${head}Content-Length: 5000\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
  const accepted = await raw(process, `${head}Content-Length: 5\r\n\r\nhello`);
  expect(accepted).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
});

test('broken encodings and targets are 400, broken HTTP too, and the process goes on', async () => {
  const process = await launch({ handler: ECHO }).listening();
  for (const target of ['/%', '/%zz', '/%C3%28', '/%00', '*', 'http://elsewhere.example/x', '%2F']) {
    const answer = await raw(
      process,
      `OPTIONS ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`,
    );
    expect(answer, target).toMatch(/^HTTP\/1\.1 400 /);
  }
  expect(await raw(process, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  expect((await process.call('/')).status).toBe(201);
});

/** Answers no call until the test says so. */
const HELD_UP = `
  const released = new Promise((resolve) => process.once('message', resolve));
  export async function handle(request, { log }) {
    log.info({}, 'entered');
    await released;
    return { status: 200 };
  }`;

test('past MAX_INFLIGHT invocations get 429 while health goes on; readiness says so too', async () => {
  const process = await launch({ handler: HELD_UP, env: { MAX_INFLIGHT: '1' } }).listening();
  expect((await process.call('/_/ready')).status).toBe(200);
  const slow = process.call('/');
  await process.line('entered');
  const refused = await process.call('/');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  expect((await process.call('/_/ready')).status).toBe(429);
  const health = await process.call('/_/health');
  expect([health.status, JSON.parse(health.text)]).toEqual([200, expect.objectContaining({ inFlight: 1 })]);
  process.child.send('release');
  expect((await slow).status).toBe(200);
  expect((await process.call('/')).status).toBe(200);
});

test('past MAX_BODIES_BYTES of bodies in memory the next gets 429, until one of them is answered', async () => {
  const process = await launch({
    handler: HELD_UP,
    env: { MAX_BODY_BYTES: '1000', MAX_BODIES_BYTES: '1500' },
  }).listening();
  const send = () => process.call('/', { method: 'POST', body: 'x'.repeat(1000) });
  const slow = send();
  await process.line('entered');
  const refused = await send();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  expect(refused.text).toContain('MAX_BODIES_BYTES');
  process.child.send('release');
  expect((await slow).status).toBe(200);
  await expect.poll(async () => (await send()).status, { timeout: 20_000 }).toBe(200);
});

test('health answers 200 while a dependency is down; readiness answers 503 and names it', async () => {
  const process = await launch({
    handler: `
      export async function handle({ path }, { reportDependency }) {
        reportDependency('redis', path === '/up' ? { ok: true } : { ok: false, detail: 'connection refused' });
        return { status: 200 };
      }`,
  }).listening();
  await process.call('/down');
  const health = await process.call('/_/health');
  expect(health.status).toBe(200);
  expect(JSON.parse(health.text)).toMatchObject({
    state: 'running',
    dependencies: { redis: { ok: false, detail: 'connection refused' } },
  });
  const ready = await process.call('/_/ready');
  expect([ready.status, ready.text]).toEqual([503, expect.stringContaining('redis')]);
  await process.call('/up');
  expect((await process.call('/_/ready')).status).toBe(200);
});

test("a request's signal aborts when its client goes away", async () => {
  const process = await launch({
    handler: `
      export function handle({ signal }, { log }) {
        log.info({}, 'entered');
        return new Promise((resolve) => signal.addEventListener('abort', () => {
          log.info({}, 'client gone');
          resolve({ status: 200 });
        }));
      }`,
  }).listening();
  const client = new AbortController();
  const call = process.call('/', { signal: client.signal });
  await process.line('entered');
  client.abort();
  await expect(call).rejects.toThrow();
  await process.line('client gone');
  expect((await process.call('/_/health')).status).toBe(200);
  expect((await process.call('/_/metrics')).text).toContain('http_requests_total{code="499",method="GET"} 1');
});

test("metrics hold Node's, the template's and the function's", async () => {
  const process = await launch({
    handler: `
      export async function handle(request, { metrics }) {
        metrics.registerMetric({
          name: 'mine', get: async () => ({ name: 'mine', help: 'h', type: 'gauge', values: [{ value: 7, labels: {} }] }),
        });
        return { status: 418 };
      }`,
  }).listening();
  await process.call('/');
  const { text: page, headers } = await process.call('/_/metrics');
  expect(headers.get('content-type')).toContain('text/plain');
  expect(page).toContain('http_requests_total{code="418",method="GET"} 1');
  expect(page).toContain('http_requests_in_flight 0');
  expect(page).toContain('mine 7');
  expect(page).toContain('process_cpu_seconds_total');
  expect(page.match(/^nodejs_eventloop_lag\w*/gm)).toEqual(['nodejs_eventloop_lag_seconds']);
});

test('a function without handle() answers 404 on every other path', async () => {
  const process = await launch({
    handler: `export const run = (context, signal) => new Promise((resolve) => signal.addEventListener('abort', resolve));`,
  }).listening();
  expect((await process.call('/')).status).toBe(404);
});
