import { once } from 'node:events';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { launch } from '../../support/launch.ts';

/** Works on after the signal until the test says so. */
const SLOW_RUN = `
  const released = new Promise((resolve) => process.once('message', resolve));
  export const run = async ({ log }, signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    log.info({ reason: String(signal.reason) }, 'finishing');
    await released;
    log.info({}, 'finished');
  };
  export const handle = async () => ({ status: 200, body: 'served' });`;

const RUN_UNTIL_ABORT = `export const run = (context, signal) => new Promise((resolve) => signal.addEventListener('abort', resolve));`;

test('the first line names the port, and so does the message to the parent', async () => {
  const process = launch({
    handler: RUN_UNTIL_ABORT,
    env: { FUNCTION_NAME: 'sample', INSTANCE: 'sample-1' },
  });
  const [[message]] = await Promise.all([once(process.child, 'message'), process.listening()]);
  expect(process.lines[0]).toMatchObject({
    msg: 'listening',
    name: 'sample',
    instance: 'sample-1',
    host: '127.0.0.1',
  });
  expect(message).toEqual({ type: 'listening', port: process.lines[0]?.['port'] });
  expect(process.strayLines).toEqual([]);
});

test('the sample function serves and stops', async () => {
  const file = join(import.meta.dirname, '../../../template/farm-node22/function/handler.ts');
  const process = await launch({ handler: { file } }).listening();
  const answer = await process.call('/hello', { method: 'POST', body: 'four' });
  expect(JSON.parse(answer.text)).toMatchObject({ function: 'function', path: '/hello', bytes: 4 });
  process.child.kill('SIGTERM');
  expect(await process.ended).toBe(0);
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s drains: run() finishes and the exit code is 0',
  async (signal) => {
    const process = await launch({ handler: SLOW_RUN }).listening();
    process.child.kill(signal);
    expect(await process.line('finishing')).toMatchObject({ reason: `StopRequested: ${signal}` });
    const health = await process.call('/_/health');
    expect([health.status, JSON.parse(health.text)]).toEqual([
      200,
      expect.objectContaining({ state: 'draining' }),
    ]);
    expect((await process.call('/_/ready')).status).toBe(503);
    const late = await process.call('/');
    expect([late.status, late.headers.get('connection')]).toEqual([200, 'close']);
    process.child.send('release');
    expect(await process.ended).toBe(0);
    expect(process.lines.map(({ msg }) => msg)).toEqual([
      'listening',
      'draining',
      'finishing',
      'finished',
      'stopped',
    ]);
  },
);

test('a second SIGTERM changes nothing', async () => {
  const process = await launch({ handler: SLOW_RUN }).listening();
  process.child.kill('SIGTERM');
  await process.line('finishing');
  process.child.kill('SIGTERM');
  expect((await process.call('/_/health')).status).toBe(200);
  process.child.send('release');
  expect(await process.ended).toBe(0);
});

test('a second SIGINT ends at once', async () => {
  const process = await launch({ handler: SLOW_RUN }).listening();
  process.child.kill('SIGINT');
  await process.line('finishing');
  process.child.kill('SIGINT');
  expect(await process.ended).toBe(130);
});

test('a request in flight is answered before the process ends, and its signal told it to hurry', async () => {
  const process = await launch({
    handler: `
      const released = new Promise((resolve) => process.once('message', resolve));
      export async function handle({ path, signal }, { log }) {
        log.info({}, 'entered');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        log.info({}, 'hurrying');
        await released;
        return { status: 200, body: 'x'.repeat(1_000_000) };
      }`,
  }).listening();
  const slow = process.call('/');
  await process.line('entered');
  process.child.kill('SIGTERM');
  await process.line('hurrying');
  expect((await process.call('/_/health')).status).toBe(200);
  const late = await process.call('/');
  expect([late.status, late.headers.get('retry-after')]).toEqual([503, '1']);
  process.child.send('release');
  expect((await slow).text).toHaveLength(1_000_000);
  expect(await process.ended).toBe(0);
});

test('a run() that does not end within the grace is ended with 70', async () => {
  const process = await launch({ handler: SLOW_RUN, env: { GRACE_SECONDS: '0.2' } }).listening();
  process.child.kill('SIGTERM');
  expect(await process.ended).toBe(70);
  expect(process.lines.at(-1)).toMatchObject({ level: 'error', graceSeconds: 0.2, exitCode: 70 });
});

test('a request that does not end within the grace neither', async () => {
  const process = await launch({
    handler: `export const handle = (request, { log }) => { log.info({}, 'entered'); return new Promise(() => undefined); };`,
    env: { GRACE_SECONDS: '0.2' },
  }).listening();
  const hanging = process.call('/').catch(() => 'cut');
  await process.line('entered');
  process.child.kill('SIGTERM');
  expect([await process.ended, await hanging]).toEqual([70, 'cut']);
});

test('a client that keeps its connection open does not hold up the end', async () => {
  const process = await launch({ handler: RUN_UNTIL_ABORT }).listening();
  // fetch keeps the connection for reuse.
  await process.call('/_/health');
  process.child.kill('SIGTERM');
  expect(await process.ended).toBe(0);
});

test('run() that rejects ends the process with 1 and its reason in the log', async () => {
  const process = launch({ handler: `export const run = async () => { throw new TypeError('no farm'); };` });
  expect(await process.ended).toBe(1);
  expect(await process.line('run() failed')).toMatchObject({
    level: 'error',
    err: { type: 'TypeError', message: 'no farm' },
  });
});

test('run() that throws before its first await does the same', async () => {
  const process = launch({ handler: `export const run = () => { throw new Error('at once'); };` });
  expect(await process.ended).toBe(1);
  await process.line('run() failed');
});

test('run() that ends without being asked ends the process with 1', async () => {
  const process = launch({ handler: `export const run = async () => undefined;` });
  expect(await process.ended).toBe(1);
  expect(await process.line('run() failed')).toMatchObject({ err: { type: 'EndedByItself' } });
});

test('an AbortError after the abort is a good end, another error is not', async () => {
  const waiting = `
    import { setTimeout as delay } from 'node:timers/promises';
    export const run = (context, signal) => delay(2 ** 30, undefined, { signal })`;
  const good = await launch({ handler: waiting }).listening();
  const bad = await launch({ handler: `${waiting}.catch(() => { throw new Error('late'); })` }).listening();
  for (const { child } of [good, bad]) child.kill('SIGTERM');
  expect([await good.ended, await bad.ended]).toEqual([0, 1]);
});

test.each([
  ['uncaughtException', `setImmediate(() => { throw new Error('stray'); });`],
  ['unhandledRejection', `void Promise.reject(new Error('stray'));`],
])('an %s is a JSON line and exit code 1', async (message, statement) => {
  const process = await launch({
    handler: `${RUN_UNTIL_ABORT} export const handle = async () => { ${statement} return { status: 200 }; };`,
  }).listening();
  await process.call('/').catch(() => undefined);
  expect(await process.ended).toBe(1);
  expect(await process.line(message)).toMatchObject({ level: 'error', err: { message: 'stray' } });
  expect(process.strayLines).toEqual([]);
});

test('the end of the parent is the end of the process only where it was asked for', async () => {
  const alone = await launch({ handler: RUN_UNTIL_ABORT }).listening();
  const bound = await launch({
    handler: RUN_UNTIL_ABORT,
    env: { FARMHAND_STOP_WITH_PARENT: '1' },
  }).listening();
  for (const { child } of [alone, bound]) child.disconnect();
  expect(await bound.ended).toBe(0);
  expect(await bound.line('draining')).toMatchObject({ reason: 'the parent process is gone' });
  expect((await alone.call('/_/health')).status).toBe(200);
  alone.child.kill('SIGTERM');
  expect(await alone.ended).toBe(0);
});

test.each([
  ['a setting that cannot be used', RUN_UNTIL_ABORT, { PORT: 'eighty' }, 'PORT: expected a whole number'],
  [
    'a handler that exports nothing to run',
    'export const x = 1;',
    {},
    'expected an exported function run or handle',
  ],
  ['a handler that does not parse', 'export const = 1;', {}, ''],
  ['a wrong doors', `${RUN_UNTIL_ABORT} export const doors = 'closed';`, {}, "doors to be 'token' or 'open'"],
])(
  '%s is one JSON error line and exit code 1',
  async (_case, handler, env: Record<string, string>, message) => {
    const process = launch({ handler, env });
    expect(await process.ended).toBe(1);
    expect(process.lines).toEqual([expect.objectContaining({ level: 'error' })]);
    expect(process.lines[0]?.['msg']).toContain(message);
  },
);

test('a taken port is said so', async () => {
  const first = await launch({ handler: RUN_UNTIL_ABORT }).listening();
  const second = launch({ handler: RUN_UNTIL_ABORT, env: { PORT: new URL(first.url).port } });
  expect(await second.ended).toBe(1);
  expect(second.lines[0]?.['msg']).toContain('EADDRINUSE');
});

test('long strings, long lines, errors, bytes and circles are logged as short JSON lines', async () => {
  const process = await launch({
    handler: `
      export const run = async ({ log }, signal) => {
        const circle = { bytes: Buffer.alloc(9), big: 1n }; circle.self = circle;
        log.info({ text: 'é'.repeat(100_000) }, 'long string');
        log.info(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [i, 'é'.repeat(8000)])), 'long line');
        log.warn({ err: new Error('outer', { cause: new Error('inner') }), circle }, 'strange');
        log.debug({}, 'not shown');
        log.info({}, 'm'.repeat(100_000));
        log.info({}, 'end');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      };`,
  }).listening();
  await process.line('end');
  expect(process.strayLines).toEqual([]);
  for (const line of process.lines) expect(Buffer.byteLength(JSON.stringify(line))).toBeLessThan(60 * 1024);
  expect(await process.line('long string')).toMatchObject({
    text: expect.stringMatching(/^é{8192}…\[91808 more characters\]$/),
  });
  expect(await process.line('long line')).toMatchObject({ level: 'info', cutBytes: expect.any(Number) });
  expect(await process.line('strange')).toMatchObject({
    err: { message: 'outer', cause: { message: 'inner' } },
    circle: { bytes: '[9 bytes]', big: '1' },
  });
  expect(process.lines.some(({ msg }) => msg === 'not shown')).toBe(false);
});
