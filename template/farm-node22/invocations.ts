import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import type { Request, Response } from 'express';

import { BodyBudget } from './body-budget.ts';
import type { FunctionContext, FunctionModule, FunctionResponse } from './contract.ts';
import type { Doors } from './doors.ts';
import { createRequestMetrics } from './metrics.ts';
import type { RequestMetrics } from './metrics.ts';
import { ClientGone, readBody, readTarget } from './read-request.ts';
import { Refusal } from './refusal.ts';
import type { Settings } from './settings.ts';
import { writeResponse } from './write-response.ts';

export interface InvocationParts {
  readonly settings: Settings;
  readonly module: FunctionModule;
  readonly context: FunctionContext;
  readonly doors: Doors;
}

/** One request on its way through. */
interface Invocation {
  readonly callId: string;
  readonly startedAtMilliseconds: number;
  readonly abort: AbortController;
}

/**
 * Answers invocations: door, limit, body, handle(), one answer. Counts those in flight, so that a stop can wait.
 * `open` → `stopping` (the signals of the requests in flight are aborted, new ones still served) → `closed` (503).
 */
export class Invocations {
  readonly #parts: InvocationParts;
  readonly #metrics: RequestMetrics;
  readonly #bodies: BodyBudget;
  readonly #inFlight = new Set<Invocation>();
  readonly #whenIdle: (() => void)[] = [];
  #phase: 'open' | 'stopping' | 'closed' = 'open';

  constructor(parts: InvocationParts) {
    this.#parts = parts;
    const { maxBodiesBytes, maxBodyBytes } = parts.settings;
    // One of the largest always fits.
    this.#bodies = new BodyBudget(Math.max(maxBodiesBytes, maxBodyBytes));
    this.#metrics = createRequestMetrics(parts.context.metrics, () => this.#inFlight.size);
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  get atLimit(): boolean {
    const { maxInFlight } = this.#parts.settings;
    return maxInFlight > 0 && this.#inFlight.size >= maxInFlight;
  }

  /** Tells the requests in flight that the process stops. New ones are still served: callers learn of it late. */
  stop(): void {
    this.#phase = 'stopping';
    for (const { abort } of this.#inFlight) abort.abort();
  }

  /** Takes nothing new; resolves when nothing is in flight. */
  async close(): Promise<void> {
    this.#phase = 'closed';
    if (this.#inFlight.size === 0) return;
    await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  /** Serves one request. Never rejects. */
  async serve(request: Request, response: Response): Promise<void> {
    const invocation = begin(request);
    this.#stamp(request, response, invocation);
    response.once('close', () => {
      this.#count(request, response, invocation);
    });
    try {
      // A HEAD is answered as its GET would be, without the body.
      const method = request.method === 'HEAD' ? 'GET' : request.method;
      const answer = await this.#answer(method, request, response, invocation);
      if (!response.destroyed) send(response, answer, invocation);
    } catch (error) {
      this.#fail(error, response, invocation);
    }
  }

  async #answer(
    method: string,
    request: Request,
    response: Response,
    invocation: Invocation,
  ): Promise<FunctionResponse> {
    const { settings, module, context, doors } = this.#parts;
    const { headers } = request;
    const target = readTarget(request.originalUrl);
    doors.check({ method, path: target.path, headers });
    if (module.handle === undefined) throw new Refusal(404, 'this function takes no requests');
    if (this.#phase === 'closed') throw new Refusal(503, 'this process is stopping', { 'retry-after': '1' });
    if (this.atLimit)
      throw new Refusal(429, 'MAX_INFLIGHT requests are being answered', { 'retry-after': '1' });
    this.#enter(invocation, response);
    const limits = { maxBytes: settings.maxBodyBytes, budget: this.#bodies };
    const body = await readBody(request, response, limits);
    const { callId, abort } = invocation;
    return module.handle({ method, ...target, headers, body, callId, signal: abort.signal }, context);
  }

  #enter(invocation: Invocation, response: Response): void {
    this.#inFlight.add(invocation);
    if (this.#phase === 'stopping') invocation.abort.abort();
    response.once('close', () => {
      this.#inFlight.delete(invocation);
      if (!response.writableFinished) invocation.abort.abort();
      if (this.#inFlight.size === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    });
  }

  #stamp(request: IncomingMessage, response: Response, { callId }: Invocation): void {
    response.setHeader('x-call-id', callId);
    response.setHeader('x-start-time', startTime(request));
    if (this.#phase !== 'open') response.setHeader('connection', 'close');
  }

  #fail(error: unknown, response: Response, invocation: Invocation): void {
    const { callId } = invocation;
    if (error instanceof Refusal) {
      const { status, headers, message } = error;
      if (!response.destroyed) send(response, { status, headers, body: { error: message } }, invocation);
      return;
    }
    const { log } = this.#parts.context;
    if (error instanceof ClientGone || (response.destroyed && invocation.abort.signal.aborted)) {
      log.debug({ callId, err: error }, 'the client went away');
      return;
    }
    log.error({ callId, err: error }, 'handle() failed');
    // What is in the error is for the log, not for the caller.
    const body = { error: 'the function failed; its log says why under this call id', callId };
    if (!response.headersSent)
      for (const name of response.getHeaderNames()) if (!KEPT.has(name)) response.removeHeader(name);
    send(response, { status: 500, body }, invocation);
  }

  #count(request: Request, response: Response, { startedAtMilliseconds }: Invocation): void {
    // 499, as nginx has it: the client left before the answer.
    const code = response.writableFinished ? String(response.statusCode) : '499';
    const labels = { code, method: request.method };
    this.#metrics.total.inc(labels);
    this.#metrics.durationSeconds.observe(labels, secondsSince(startedAtMilliseconds));
  }
}

/** Headers of the template itself, kept when an answer that could not be sent is replaced by a 500. */
const KEPT: ReadonlySet<string> = new Set(['x-call-id', 'x-start-time', 'connection']);

function begin(request: IncomingMessage): Invocation {
  const given = request.headers['x-call-id'];
  const usable = typeof given === 'string' && /^[\x21-\x7e]{1,128}$/.test(given);
  return {
    callId: usable ? given : randomUUID(),
    startedAtMilliseconds: performance.now(),
    abort: new AbortController(),
  };
}

/** Nanoseconds since 1970, as the gateway writes it; the gateway's own value where it sent one. */
function startTime(request: IncomingMessage): string {
  const given = request.headers['x-start-time'];
  return typeof given === 'string' && /^\d{1,20}$/.test(given) ? given : `${String(Date.now())}000000`;
}

function send(response: Response, answer: FunctionResponse, { startedAtMilliseconds }: Invocation): void {
  response.setHeader('x-duration-seconds', secondsSince(startedAtMilliseconds).toFixed(6));
  writeResponse(response, answer);
}

function secondsSince(startedAtMilliseconds: number): number {
  return (performance.now() - startedAtMilliseconds) / 1000;
}
