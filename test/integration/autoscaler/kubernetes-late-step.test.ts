import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { KubernetesClient } from '../../../autoscaler/kubernetes-client.ts';
import { KubernetesPool } from '../../../autoscaler/kubernetes-pool.ts';
import { FarmStore } from '../../../shared/io/redis/farm-store.ts';
import { PoolMemory } from '../../../shared/io/redis/pool-memory.ts';
import { PrivateRedis } from '../../support/private-redis.ts';

const DEPLOYMENT = {
  metadata: { name: 'worker', generation: 1, resourceVersion: '1' },
  spec: { replicas: 2, selector: { matchLabels: { app: 'worker' } } },
  status: { observedGeneration: 1, replicas: 2, updatedReplicas: 2 },
};

let redis: PrivateRedis;
let connection: Redis;
let api: Server;
let marks: (string | null)[];
let scaled: boolean;

/** An API that does what it is asked, and takes its time for a mark. */
beforeEach(async () => {
  redis = await PrivateRedis.start();
  connection = new Redis(redis.url);
  marks = [];
  scaled = false;
  api = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '' } = request;
      const reply = replyTo(method, url, Buffer.concat(chunks).toString());
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
    });
  });
  api.listen(0, '127.0.0.1');
  await once(api, 'listening');
});
afterEach(async () => {
  const closed = once(api, 'close');
  api.close();
  api.closeAllConnections();
  await closed;
  connection.disconnect();
  await redis.stop();
});

function replyTo(method: string, url: string, body: string): object {
  if (method === 'PATCH' && url.includes('/scale')) {
    scaled = true;
    return { spec: { replicas: 1 } };
  }
  if (method === 'PATCH') marks.push(costIn(body));
  if (url.includes('/deployments/')) return DEPLOYMENT;
  return method === 'PATCH' ? aPod() : { items: [aPod()] };
}

function costIn(body: string): string | null {
  const { metadata } = JSON.parse(body) as {
    metadata: { annotations: Record<string, string | null> };
  };
  return Object.values(metadata.annotations)[0] ?? null;
}

function aPod(): object {
  const cost = marks.at(-1);
  const annotations = typeof cost === 'string' ? { 'controller.kubernetes.io/pod-deletion-cost': cost } : {};
  return { metadata: { name: 'worker-a', annotations }, status: { phase: 'Running' } };
}

it('A step whose time ran out while it marked pods takes the marks off, and does not change the count', async () => {
  const { port } = api.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}`;
  const access = { kind: 'token', url, token: 'a-token', authority: undefined, namespace: 'farm' } as const;
  const client = new KubernetesClient({ access: () => access, clock: () => 0, timeoutSeconds: 60 });
  const memory = new PoolMemory<never>(new FarmStore(connection, 'late'));
  const pool = new KubernetesPool({ client, deployments: ['worker'], memory });
  const seen = await pool.read(1);
  const remove = [{ pod: 'worker-a', ready: true, part: 'worker' }];
  const late = await pool.resize({ seen, to: 1, remove, fence: 1, isOver: () => marks.length > 0 });
  expect(late).toMatchObject({
    desired: 2,
    removed: [],
    kept: ['worker-a'],
    failures: [{ reason: 'conflict' }],
  });
  expect({ marks, scaled }).toEqual({ marks: ['-1000000', null], scaled: false });
  const inTime = await pool.resize({ seen, to: 1, remove, fence: 1, isOver: () => false });
  expect(inTime).toMatchObject({ desired: 1, removed: ['worker-a'], failures: [] });
  expect(scaled).toBe(true);
});
