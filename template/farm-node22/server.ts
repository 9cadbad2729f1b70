import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import express from 'express';
import type { Express } from 'express';

import type { FunctionContext } from './contract.ts';
import type { Health } from './health.ts';
import type { Invocations } from './invocations.ts';

/** Longer than the idle time of common proxies, so that it is they who close a connection, never under a request. */
const KEEP_ALIVE_MILLISECONDS = 75_000;

export interface ServerParts {
  readonly context: FunctionContext;
  readonly health: Health;
  readonly invocations: Invocations;
}

/** The port that could not be had. */
export class CannotListen extends Error {
  override readonly name = 'CannotListen';
  constructor(host: string, port: number, cause: Error) {
    super(`Expected to listen on ${host} port ${String(port)}: ${cause.message}; set HOST and PORT`, {
      cause,
    });
  }
}

/** The HTTP side of the process: OpenFaaS's workload contract and the function on every other path. */
export function createHttpServer(parts: ServerParts): Server {
  const app = createApp(parts);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MILLISECONDS }, app);
  // With a listener of its own, the request is ours to refuse before the client sends its body.
  server.on('checkContinue', app);
  return server;
}

function createApp({ context, health, invocations }: ServerParts): Express {
  const app = express();
  for (const extra of ['x-powered-by', 'etag', 'query parser']) app.disable(extra);
  for (const strictness of ['case sensitive routing', 'strict routing']) app.enable(strictness);
  const { name, instance, metrics } = context;
  app.get('/_/health', (_request, response) => {
    const uptimeSeconds = Math.round(process.uptime());
    response.json({ name, instance, uptimeSeconds, inFlight: invocations.inFlight, ...health.describe() });
  });
  app.get('/_/ready', (_request, response) => {
    const { status, reason } = health.readiness(invocations.atLimit);
    response.status(status).json({ ready: status === 200, reason });
  });
  app.get('/_/metrics', async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.metrics());
  });
  app.use((request, response) => invocations.serve(request, response));
  return app;
}

/** Resolves with the port that was taken. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(new CannotListen(host, port, error));
    });
    server.listen(port, host, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Ends the server once every answer is out; a client that holds its connection open does not hold up the end. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
