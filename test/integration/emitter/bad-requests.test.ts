import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { badRequests } from '../../support/bad-requests.ts';
import type { BadRequest } from '../../support/bad-requests.ts';
import { startEmitter } from '../../support/door-process.ts';
import { squareJpeg } from '../../support/pictures.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { QueueFarm } from '../../support/queue-farm.ts';
import type { TemplateProcess } from '../../support/template-process.ts';

const TOKEN = 'the-right-one';

let redis: PrivateRedis;
let farm: QueueFarm;
let emitter: TemplateProcess;
let picture: Buffer;

beforeAll(async () => {
  redis = await PrivateRedis.start();
  farm = await QueueFarm.open(redis);
  picture = await squareJpeg(64);
  emitter = await startEmitter(redis, farm.store.farm, { MAX_BODY_BYTES: '1000000' }, TOKEN);
});
afterAll(async () => {
  await emitter.dispose();
  farm.close();
  await redis.stop();
});

interface Answered {
  readonly status: number;
  readonly text: string;
}

/** Sends the path as it stands, which fetch() would tidy up. */
async function send(bad: Omit<BadRequest, 'name' | 'statuses' | 'why'>, body?: Buffer): Promise<Answered> {
  const token = bad.token === 'wrong' ? 'another' : TOKEN;
  const authorization = bad.token === 'none' ? {} : { authorization: `Bearer ${token}` };
  const { hostname, port } = new URL(emitter.url);
  const headers = { ...bad.headers, ...authorization };
  const sent = request({ hostname, port, method: bad.method, path: bad.path, headers });
  const given = bad.body?.kind === 'text' ? bad.body.text : picture;
  sent.end(body ?? (bad.body === undefined ? undefined : given));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, text: (await answer.setEncoding('utf8').toArray()).join('') };
}

test.each(badRequests.map((bad) => [bad.name, bad] as const))('%s is refused', async (_name, bad) => {
  const { status, text } = await send(bad);
  expect(bad.statuses).toContain(status);
  expect(text.length).toBeLessThan(2000);
  if (bad.names !== undefined) {
    const { field } = JSON.parse(text) as { readonly field?: string };
    expect(field).toContain(bad.names);
  }
});

test('a body beyond MAX_BODY_BYTES is refused with 413', async () => {
  const bad = { method: 'POST', path: '/', body: { kind: 'picture' } } as const;
  expect((await send(bad, Buffer.alloc(1_000_001))).status).toBe(413);
});

test('after all of them nothing has been let in, and the next good picture is', async () => {
  expect((await farm.control.observe(0)).counters.admitted).toBe(0);
  const good = { method: 'POST', path: '/?deadline=5s', body: { kind: 'picture' } } as const;
  expect((await send(good)).status).toBe(202);
});
