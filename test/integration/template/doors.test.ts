import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';

import { launch } from '../../support/launch.ts';

const GUARDED = `
  export const openPaths = ['POST /'];
  export async function handle(request, { log, secret }) {
    log.info({ header: request.headers.authorization, password: secret('farmhand-token') }, 'called');
    return { status: 200 };
  }`;

const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });

test('with a token beyond loopback: 401 without, 403 with a wrong one, 200 with the right one', async () => {
  const process = await launch({
    handler: GUARDED,
    env: { HOST: '0.0.0.0' },
    secrets: { 'farmhand-token': 'the-right-token\n' },
  }).listening();
  const missing = await process.call('/');
  expect([missing.status, missing.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  expect((await process.call('/', bearer('the-wrong-token'))).status).toBe(403);
  expect((await process.call('/', bearer('the-right-token'))).status).toBe(200);
  expect((await process.call('/', { method: 'POST' })).status).toBe(200);
  for (const path of ['health', 'ready', 'metrics'])
    expect((await process.call(`/_/${path}`)).status).toBe(200);
});

test('a rotated token counts at the next request, and no token is in the log', async () => {
  const process = await launch({ handler: GUARDED, secrets: { 'farmhand-token': 'token-one' } }).listening();
  expect((await process.call('/', bearer('token-one'))).status).toBe(200);
  process.writeSecret('farmhand-token', 'token-two');
  expect((await process.call('/', bearer('token-one'))).status).toBe(403);
  expect((await process.call('/', bearer('token-two'))).status).toBe(200);
  await process.line('called');
  expect(JSON.stringify(process.lines)).not.toMatch(/token-(one|two)/);
});

test('the token can have another name', async () => {
  const env = { AUTH_SECRET: 'api-key' };
  const process = await launch({ handler: GUARDED, env, secrets: { 'api-key': 'abc' } }).listening();
  expect([(await process.call('/')).status, (await process.call('/', bearer('abc'))).status]).toEqual([
    401, 200,
  ]);
});

test('a refused upload is answered and its body is not read first', async () => {
  const process = await launch({ handler: GUARDED, secrets: { 'farmhand-token': 'abc' } }).listening();
  const answer = await process.call('/tasks', { method: 'POST', body: Buffer.alloc(8 * 2 ** 20) });
  expect(answer.status).toBe(401);
});

const WAIT = { timeout: 20_000, interval: 20 };

/** What has come until now. */
function collecting(client: Socket): () => string {
  let text = '';
  client.on('data', (chunk) => {
    text += chunk.toString();
  });
  return () => text;
}

test('who is refused may send the rest of the body, and then the next request', async () => {
  const process = await launch({ handler: GUARDED, secrets: { 'farmhand-token': 'abc' } }).listening();
  const { hostname, port } = new URL(process.url);
  const part = 2 ** 20;
  const client = connect({ port: Number(port), host: hostname });
  const received = collecting(client);
  const head = (path: string, bytes: number): string =>
    `POST ${path} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: ${String(bytes)}\r\n\r\n`;
  client.write(head('/tasks', 8 * part));
  await vi.waitFor(() => {
    expect(received()).toMatch(/^HTTP\/1\.1 401 /);
  }, WAIT);
  // Rejects where the connection is reset.
  for (let sent = 0; sent < 8; sent += 1) await promisify(client.write.bind(client))(Buffer.alloc(part));
  client.write(head('/', 0));
  await vi.waitFor(() => {
    expect(received()).toMatch(/HTTP\/1\.1 200 /);
  }, WAIT);
  client.destroy();
});

test('a body that is refused as too large takes nobody else’s place while it still comes', async () => {
  const env = { MAX_BODY_BYTES: '1000', MAX_INFLIGHT: '1' };
  const process = await launch({ handler: GUARDED, env }).listening();
  const { hostname, port } = new URL(process.url);
  const client = connect({ port: Number(port), host: hostname });
  const received = collecting(client);
  client.write(`POST / HTTP/1.1\r\nHost: ${hostname}\r\nTransfer-Encoding: chunked\r\n\r\n`);
  client.write(`800\r\n${'x'.repeat(0x800)}`);
  await vi.waitFor(() => {
    expect(received()).toMatch(/^HTTP\/1\.1 413 /);
  }, WAIT);
  expect((await process.call('/')).status).toBe(200);
  expect((await process.call('/_/metrics')).text).toContain(
    'http_requests_total{code="413",method="POST"} 1',
  );
  client.destroy();
});

test('who is refused and goes on sending without end is cut off', async () => {
  const process = await launch({ handler: GUARDED, secrets: { 'farmhand-token': 'abc' } }).listening();
  const { hostname, port } = new URL(process.url);
  const client = connect({ port: Number(port), host: hostname });
  client.write(`POST /tasks HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 1000\r\n\r\n`);
  client.resume();
  await once(client, 'close');
});

test.each([{ HOST: '0.0.0.0' }, { HOST: '::' }, { HOST: '127.0.0.1', http_port: '39217' }])(
  'without a token the process refuses to start with %j and says what to do',
  async (env) => {
    const process = launch({ handler: GUARDED, env });
    expect(await process.ended).toBe(1);
    expect(process.lines.map(({ msg }) => msg)).toEqual([expect.stringMatching(/farmhand-token.*AUTH=off/)]);
  },
);

test('AUTH=off opens the door and says so in the log', async () => {
  const process = await launch({ handler: GUARDED, env: { HOST: '0.0.0.0', AUTH: 'off' } }).listening();
  expect(await process.line('AUTH=off: everybody who reaches this port may call the function')).toMatchObject(
    { level: 'warn' },
  );
  expect((await process.call('/')).status).toBe(200);
});

test('on loopback without a token the door is open', async () => {
  const process = await launch({ handler: GUARDED }).listening();
  expect((await process.call('/')).status).toBe(200);
  expect((await process.call('/', { headers: { origin: 'https://example.org' } })).status).toBe(403);
});
