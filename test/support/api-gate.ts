import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { request as requestSecurely } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A call on its way to the Kubernetes API. */
export interface PassingCall {
  readonly method: string;
  readonly path: string;
}

/** What happens to a call. `swallow`: it does not arrive; `swallowReply`: it is carried out, its reply does not arrive. */
export type Fate = 'pass' | 'reset' | 'swallow' | 'swallowReply' | { readonly status: number };

/**
 * Stands between a program and the real Kubernetes API, and decides what happens to each call: it passes, fails, or
 * stops the program at that very point, without a line for it in the program itself.
 */
export class ApiGate {
  readonly #server: Server;
  readonly #api: { readonly url: string; readonly authority: string | undefined };
  readonly #open = new Set<ServerResponse>();
  /** Every call that came, in order. */
  readonly calls: PassingCall[] = [];
  #fateOf: (call: PassingCall, number: number) => Fate = () => 'pass';

  private constructor(api: { readonly url: string; readonly authority: string | undefined }) {
    this.#api = api;
    this.#server = createServer((request, response) => {
      void this.#handle(request, response).catch(() => response.destroy());
    });
  }

  static async open(api: { readonly url: string; readonly authority: string | undefined }): Promise<ApiGate> {
    const gate = new ApiGate(api);
    gate.#server.listen(0, '127.0.0.1');
    await once(gate.#server, 'listening');
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** From now on; calls are numbered from 1 again. */
  decide(fateOf: (call: PassingCall, number: number) => Fate): void {
    this.calls.length = 0;
    this.#fateOf = fateOf;
  }

  /** Lets everything pass again. */
  mend(): void {
    this.decide(() => 'pass');
  }

  /** Resolves when the call with this number has been carried out; its reply never arrives, nor any later call. */
  stopAfter(number: number): Promise<PassingCall> {
    return new Promise((resolve) => {
      this.decide((call, at) => {
        if (at > number) return 'swallow';
        if (at < number) return 'pass';
        this.#afterNext = () => {
          resolve(call);
        };
        return 'swallowReply';
      });
    });
  }

  #afterNext: (() => void) | undefined;

  async close(): Promise<void> {
    for (const response of this.#open) response.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = { method: request.method ?? '', path: request.url ?? '' };
    this.calls.push(call);
    const fate = this.#fateOf(call, this.calls.length);
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
    if (fate === 'swallow') return;
    if (fate === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    if (typeof fate === 'object') {
      const body = JSON.stringify({
        kind: 'Status',
        message: `made up: ${String(fate.status)}`,
        code: fate.status,
      });
      response.writeHead(fate.status, { 'content-type': 'application/json' }).end(body);
      return;
    }
    const reply = await this.#forward(request);
    if (fate === 'swallowReply') {
      this.#afterNext?.();
      return;
    }
    response.writeHead(reply.status, { 'content-type': reply.type }).end(reply.body);
  }

  async #forward(request: IncomingMessage): Promise<{ status: number; type: string; body: Buffer }> {
    const { url, authority } = this.#api;
    const { authorization, accept, 'content-type': type } = request.headers;
    const given = { authorization, accept, 'content-type': type };
    const headers = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const sent = requestSecurely(new URL(request.url ?? '/', url), {
      method: request.method,
      headers: headers,
      ...(authority === undefined ? {} : { ca: authority }),
    });
    sent.end(await buffer(request));
    const [reply] = (await once(sent, 'response')) as [IncomingMessage];
    return {
      status: reply.statusCode ?? 502,
      type: reply.headers['content-type'] ?? 'application/json',
      body: await buffer(reply),
    };
  }
}
