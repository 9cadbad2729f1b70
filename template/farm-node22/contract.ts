// What a function gets from the template and what it gives back. Functions import this file for its types only,
// so the import is gone at run time and the path need not exist in the image.
import type { IncomingHttpHeaders } from 'node:http';

import type { Registry } from 'prom-client';

/** One invocation. Its body has been read whole; at most MAX_BODY_BYTES. */
export interface FunctionRequest {
  /** Upper case. A HEAD request arrives as GET; the template leaves the body out of the answer. */
  readonly method: string;
  /** Percent-decoded path, always rooted at '/', without the query. Dot segments are not resolved. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The bytes as they came; a Content-Encoding is not undone. Empty when there was no body. */
  readonly body: Buffer;
  /** The X-Call-Id of the request, or one made for it. Belongs in every log line about the request. */
  readonly callId: string;
  /**
   * Aborted when the client goes away, and when the process starts to stop: a long poll should then answer with
   * what it has. The answer is still sent to a client that is there.
   */
  readonly signal: AbortSignal;
}

/** The answer to one invocation, written once. */
export interface FunctionResponse {
  /** 200 to 599. */
  readonly status: number;
  /** A content-type given here wins over the one made from the body. */
  readonly headers?: Readonly<Record<string, string>>;
  /** string → text/plain, Uint8Array → application/octet-stream, any other object → JSON. */
  readonly body?: string | Uint8Array | object;
}

/** JSON lines on stdout. Long strings are cut, errors keep their stack and cause, secrets are blotted out. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Whether something that the function needs (Redis, say) answers. */
export interface DependencyState {
  readonly ok: boolean;
  /** One line for a person; it is shown without a token, so it must not hold one. */
  readonly detail?: string;
}

/** What every function gets, once per process. */
export interface FunctionContext {
  /** OPENFAAS_NAME, else FUNCTION_NAME, else the name of the handler's folder. */
  readonly name: string;
  /** INSTANCE, else the pod's or container's HOSTNAME, else `<name>-<process id>`. Unique among live processes. */
  readonly instance: string;
  /** The environment as it was at start, frozen. The function parses its own variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Seconds from the abort of run()'s signal to the forced end of the process (GRACE_SECONDS). */
  readonly graceSeconds: number;
  readonly log: Logger;
  /** Served on GET /_/metrics. */
  readonly metrics: Registry;
  /**
   * The secret's text without its trailing newline, read from SECRETS_DIR at every call, so that a rotated secret
   * is seen without a restart. undefined where there is no such file or it is empty.
   */
  secret(name: string): string | undefined;
  /** Shows in the body of /_/health and turns /_/ready to 503 while not ok. /_/health stays 200. */
  reportDependency(name: string, state: DependencyState): void;
}

/**
 * Who may call handle().
 * - `token` (the default): a bearer token from the secret AUTH_SECRET (`farmhand-token`). Without that secret the
 *   process refuses to start, unless it listens on loopback only (then the door is open) or AUTH=off.
 * - `open`: everybody.
 */
export type Doors = 'token' | 'open';

/** What a handler file exports, by these names. At least one of `run` and `handle`. */
export interface FunctionModule {
  /**
   * The long-running part: starts with the process, not with an invocation, and ends only after `signal` aborts;
   * then it has context.graceSeconds to finish. Rejecting, or ending earlier, ends the process with exit code 1.
   * An AbortError after the abort counts as having finished.
   */
  readonly run?: (context: FunctionContext, signal: AbortSignal) => Promise<void>;
  /** Answers every path but /_/health, /_/ready and /_/metrics. A rejection is answered 500 and logged. */
  readonly handle?: (request: FunctionRequest, context: FunctionContext) => Promise<FunctionResponse>;
  readonly doors?: Doors;
  /** Exceptions from `token`: exact decoded paths, for every method ('/docs') or for one ('POST /'). */
  readonly openPaths?: readonly string[];
}
