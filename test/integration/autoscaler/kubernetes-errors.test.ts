import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { KubernetesClient } from '../../../autoscaler/kubernetes-client.ts';
import type { KubernetesAccess } from '../../../autoscaler/kubernetes-credentials.ts';
import { PoolFailure } from '../../../autoscaler/pool.ts';

/** Only what fails is played here: what a Deployment does when it is scaled is asked of a real API server. */
let server: Server;
let asked: IncomingMessage[] = [];
let reply: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request);
    reply(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  asked = [];
});
afterAll(async () => {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
});

function access(token = 'a-token'): KubernetesAccess {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${String(port)}`;
  return { kind: 'token', url, token, authority: undefined, namespace: 'farmhand' };
}

function clientOf(parts: { readonly access?: () => KubernetesAccess; readonly clock?: () => number } = {}) {
  return new KubernetesClient({ access: () => access(), clock: () => 0, timeoutSeconds: 60, ...parts });
}

function answering(status: number, headers: Record<string, string> = {}): void {
  const body = JSON.stringify({ kind: 'Status', message: `it is ${String(status)}`, details: { name: 'w' } });
  reply = (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };
}

function kubeconfigOf({ server = 'https://127.0.0.1:1', token = 'sup3rs3cret' }): string {
  return (
    `clusters: [{name: c, cluster: {server: "${server}", insecure-skip-tls-verify: true}}]\n` +
    'contexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n' +
    `users: [{name: u, user: {token: "${token}"}}]\n`
  );
}

async function failureOf(call: Promise<unknown>): Promise<PoolFailure> {
  const error: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof PoolFailure) return error;
  throw new Error(`Expected a PoolFailure, got ${String(error)}`, { cause: error });
}

describe('the Kubernetes API', () => {
  it.each([
    [401, 'forbidden'],
    [403, 'forbidden'],
    [404, 'notFound'],
    [409, 'conflict'],
    [422, 'poolRefused'],
    [500, 'poolAway'],
    [503, 'poolAway'],
  ])('that answers %i is said to be %s, for a look and for a change', async (status, reason) => {
    answering(status);
    const client = clientOf();
    expect((await failureOf(client.deployment('worker'))).reason).toBe(reason);
    expect((await failureOf(client.pods('app=worker'))).reason).toBe(reason);
    expect((await failureOf(client.setDeletionCost('worker-a', '-1'))).reason).toBe(reason);
  });

  it('that does not answer in time is away', async () => {
    reply = () => undefined;
    const client = new KubernetesClient({ access: () => access(), clock: () => 0, timeoutSeconds: 0.2 });
    const failure = await failureOf(client.deployment('worker'));
    expect(failure).toMatchObject({ reason: 'poolAway' });
    expect(failure.message).toContain('get deployment worker');
  });

  it('that begins an answer and does not end it is away', async () => {
    reply = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"metadata":');
    };
    const client = new KubernetesClient({ access: () => access(), clock: () => 0, timeoutSeconds: 0.2 });
    expect((await failureOf(client.deployment('worker'))).reason).toBe('poolAway');
  });

  it('that breaks the connection is away', async () => {
    reply = (request) => request.socket.resetAndDestroy();
    expect((await failureOf(clientOf().deployment('worker'))).reason).toBe('poolAway');
  });

  it('that nobody listens for is away', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const nobody = { ...access(), url: `http://127.0.0.1:${String(port)}` } as KubernetesAccess;
    const failure = await failureOf(clientOf({ access: () => nobody }).deployment('worker'));
    expect(failure.reason).toBe('poolAway');
    expect(failure.message).toContain('ECONNREFUSED');
  });

  it('that answers something else than it should is away', async () => {
    reply = (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    expect((await failureOf(clientOf().deployment('worker'))).reason).toBe('poolAway');
  });
});

describe('an API that asks to be left alone', () => {
  it('is not asked again before its time is up', async () => {
    let seconds = 100;
    const client = clientOf({ clock: () => seconds });
    answering(429, { 'retry-after': '5' });
    expect((await failureOf(client.deployment('worker'))).reason).toBe('throttled');
    answering(404);
    seconds = 104;
    expect((await failureOf(client.pods('app=worker'))).reason).toBe('throttled');
    expect(asked).toHaveLength(1);
    seconds = 105;
    expect((await failureOf(client.pods('app=worker'))).reason).toBe('notFound');
  });
});

describe('credentials', () => {
  it('are asked for at every call, so that a rotated token is used at once', async () => {
    const tokens = ['first', 'second'];
    answering(404);
    const client = clientOf({ access: () => access(tokens.shift()) });
    await failureOf(client.deployment('worker'));
    await failureOf(client.deployment('worker'));
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
  });

  it('that are not there are forbidden, in their own words', async () => {
    const missing = new PoolFailure('forbidden', 'set KUBERNETES_TOKEN_SECRET');
    const client = clientOf({
      access: () => {
        throw missing;
      },
    });
    expect(await failureOf(client.deployment('worker'))).toBe(missing);
  });

  it.each([
    ['cannot be read', 'clusters: ['],
    ['names no cluster', 'clusters: []\nusers: []\ncontexts: []\n'],
    [
      'runs a program to log in',
      'clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n' +
        'current-context: x\nusers: [{name: u, user: {exec: {command: steal, apiVersion: v1}}}]\n',
    ],
    ['cannot be read', 'users:\n- name: u\n  user:\n    token: sup3rs3cret\n  bad: [\n'],
    ['does not begin with https://', kubeconfigOf({ server: 'http://192.0.2.1:6443' })],
    ['more than one word', kubeconfigOf({ token: 'sup3r\\ns3cret' })],
  ])('in a kubeconfig that %s are refused, and not quoted', async (why, text) => {
    const client = clientOf({ access: () => ({ kind: 'kubeconfig', text, namespace: undefined }) });
    const failure = await failureOf(client.deployment('worker'));
    expect(failure.reason).toBe('forbidden');
    expect(failure.message).toContain(why);
    expect(failure.message).not.toContain('s3cret');
    expect(asked).toEqual([]);
  });
});

it('Calls one after the other share their connections', async () => {
  answering(404);
  const client = clientOf();
  for (let call = 0; call < 10; call += 1) await failureOf(client.deployment('worker'));
  expect(new Set(asked.map(({ socket }) => socket.remotePort)).size).toBeLessThan(10);
});
