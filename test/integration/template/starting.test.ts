import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { launch } from '../../support/launch.ts';

/** An address of this machine where nobody else will look for a free port. */
const HOST = '127.93.41.7';

/** Keeps the only thread of its process busy, as a large package does, until there is a file `loaded` beside it. */
const HEAVY = `
  import { existsSync } from 'node:fs';
  while (!existsSync(new URL('loaded', import.meta.url)));
  export const handle = async () => ({ status: 200, body: 'served' });`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The first answer, as soon as anybody listens. */
async function answerAt(url: string): Promise<Response> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer !== undefined) return answer;
    await delay(50);
  }
}

test('while a function takes long to load its health is answered, and everything else refused', async () => {
  const port = await freePort();
  const process = launch({ handler: HEAVY, env: { HOST, PORT: String(port) } });
  const url = `http://${HOST}:${String(port)}`;

  const health = await answerAt(`${url}/_/health`);
  expect([health.status, await health.json()]).toEqual([200, { state: 'starting' }]);
  const ready = await fetch(`${url}/_/ready`);
  expect([ready.status, await ready.json()]).toEqual([503, expect.objectContaining({ ready: false })]);
  const call = await fetch(`${url}/`, { method: 'POST', body: 'work' });
  expect([call.status, call.headers.get('retry-after')]).toEqual([503, '1']);
  expect(process.lines).toEqual([]);

  writeFileSync(join(process.folder, 'loaded'), '');
  expect(await process.line('listening')).toMatchObject({ host: HOST, port });
  const served = await fetch(`${url}/`);
  expect([served.status, await served.text()]).toEqual([200, 'served']);
  const running = await fetch(`${url}/_/health`);
  expect(await running.json()).toMatchObject({ state: 'running', dependencies: {} });
});
