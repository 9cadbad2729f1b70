import { afterEach, expect, test } from 'vitest';
import type { Redis } from 'ioredis';
import { SCHEMA_VERSION, UnknownSchemaVersion } from '../../../shared/farm/schema-version.ts';
import { audit } from '../../../shared/io/redis/audit.ts';
import { connectRedis, EvictingRedis, refuseEviction } from '../../../shared/io/redis/connection.ts';
import type { RedisAddress } from '../../../shared/io/redis/connection.ts';
import { FarmStore } from '../../../shared/io/redis/farm-store.ts';
import { checkFarm, openFarm } from '../../../shared/io/redis/open-farm.ts';
import { aTask } from '../../support/build-task.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import type { PrivateRedisOptions } from '../../support/private-redis.ts';
import { DONE, leaseOf, QueueFarm, SOUND } from '../../support/queue-farm.ts';

const toClose: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

async function start(options: PrivateRedisOptions = {}): Promise<PrivateRedis> {
  const server = await PrivateRedis.start(options);
  toClose.push(() => server.stop());
  return server;
}

function connect(address: RedisAddress): { readonly redis: Redis; readonly firstError: Promise<string> } {
  let tell: (message: string) => void = () => undefined;
  const firstError = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const redis = connectRedis(address, (error) => {
    tell(error.message);
  });
  toClose.push(() => {
    redis.disconnect();
  });
  return { redis, firstError };
}

async function openTestFarm(server: PrivateRedis, name?: string): Promise<QueueFarm> {
  const farm = await QueueFarm.open(server, {}, name);
  toClose.push(() => {
    farm.close();
  });
  return farm;
}

test('a password opens Redis, from the secret as well as from the URL', async () => {
  const server = await start({ password: 'p@ss/wörd' });
  expect(await connect({ url: server.url, password: 'p@ss/wörd' }).redis.ping()).toBe('PONG');
  const url = server.url.replace('//', `//:${encodeURIComponent('p@ss/wörd')}@`);
  expect(await connect({ url }).redis.ping()).toBe('PONG');
});

test('rediss speaks TLS to a server whose authority is named, and to no other', async () => {
  const server = await start({ tls: true });
  const { redis } = connect({ url: server.url, caFile: server.caFile });
  const store = new FarmStore(redis, 'tls');
  await store.configure({ order: 'deadline' });
  expect(await store.nowSeconds()).toBeGreaterThan(1e9);
  expect(await connect({ url: server.url }).firstError).toMatch(/certificate/);
});

test('the settings of a farm name its Redis, its secrets and its authority', async () => {
  const server = await start({ tls: true, password: 'secret' });
  const states: boolean[] = [];
  const farm = openFarm({
    env: { FARM: 'by-settings', REDIS_URL: server.url, REDIS_CA_FILE: server.caFile },
    secret: (name) => (name === 'redis-password' ? 'secret' : undefined),
    reportDependency: (_name, { ok }) => states.push(ok),
  });
  toClose.push(() => {
    farm.close();
  });
  await checkFarm(farm.store);
  expect(farm.store.farm).toBe('by-settings');
  expect(states).toEqual([false, true]);
});

test('a Redis that would evict keys is refused', async () => {
  const server = await start({ parameters: ['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru'] });
  await expect(refuseEviction(connect({ url: server.url }).redis)).rejects.toThrow(EvictingRedis);
  await refuseEviction(connect({ url: (await start()).url }).redis);
});

test('keys of an unknown schema version are refused and left alone; those of the version before are taken on', async () => {
  const farm = await openTestFarm(await start());
  const { store } = farm;
  for (const unknown of [SCHEMA_VERSION + 1, SCHEMA_VERSION - 2]) {
    await store.redis.hset(store.key('config'), 'version', unknown);
    await expect(store.checkVersion()).rejects.toThrow(UnknownSchemaVersion);
    await expect(store.configure({ order: 'fifo' })).rejects.toThrow(UnknownSchemaVersion);
    expect(await store.redis.hgetall(store.key('config'))).toMatchObject({
      ...{ version: String(unknown), order: 'deadline' },
    });
  }
  await store.redis.hset(store.key('config'), 'version', SCHEMA_VERSION - 1);
  await store.checkVersion();
  await store.configure({ order: 'fifo' });
  expect(await store.redis.hget(store.key('config'), 'version')).toBe(String(SCHEMA_VERSION));
});

test('farms with awkward names share a Redis and keep apart', async () => {
  const server = await start();
  const names = ['farm', 'farm-1', 'f*', 'f?rm', '[farm]', 'f\\arm', 'übung'];
  const farms = await Promise.all(names.map((name) => openTestFarm(server, name)));
  for (const [index, farm] of farms.entries()) {
    await farm.admit(...Array.from({ length: index + 1 }, () => aTask()));
  }
  for (const [index, farm] of farms.entries()) {
    const worker = await farm.worker('a');
    await worker.answer(leaseOf(await worker.claim(0)), DONE);
    await farm.collect();
    expect((await farm.control.observe(0)).held.waiting).toBe(index);
    expect(await audit(farm.store)).toEqual(SOUND);
  }
});

test('a Redis that has forgotten the scripts is told them again', async () => {
  const farm = await openTestFarm(await start());
  await farm.admit(aTask());
  await farm.store.redis.script('FLUSH');
  const worker = await farm.worker('a');
  expect(await worker.claim(0)).toMatchObject({ kind: 'task' });
});

test('commands wait while Redis is away, and go on by themselves when it is back', async () => {
  const server = await start({ appendfsync: 'always' });
  const farm = await openTestFarm(server);
  await server.kill();
  const task = aTask();
  const admission = farm.submissions.admit([task]);
  await server.restart();
  expect(await admission).toMatchObject([{ kind: 'admitted', id: task.id }]);
  expect(await farm.audit()).toEqual(SOUND);
});
