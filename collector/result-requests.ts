import type { OutputBlob, Result } from '../shared/farm/result.ts';
import type { Availability } from '../shared/io/redis/availability.ts';
import type { BlobLedger } from '../shared/io/redis/blob-store.ts';
import type { Pending, ResultStore } from '../shared/io/redis/result-store.ts';
import { RequestRefused } from '../shared/io/request-refused.ts';
import type { FunctionRequest, FunctionResponse } from '../template/farm-node22/contract.ts';
import { readWait } from './read-query.ts';
import { pendingView, resultView } from './result-view.ts';
import type { ResultWaiters } from './result-waiters.ts';

export interface ResultRequestParts {
  readonly results: ResultStore;
  readonly ledger: BlobLedger;
  readonly waiters: ResultWaiters;
  readonly availability: Availability;
}

/** A media type and nothing else: a task type's word goes into a header. */
const MEDIA_TYPE = /^[a-z]+\/[\w.+-]+(; ?charset=[\w-]+)?$/i;

/** Serves one Result and its outputs, and waits for it where that is asked. */
export class ResultRequests {
  readonly #parts: ResultRequestParts;

  constructor(parts: ResultRequestParts) {
    this.#parts = parts;
  }

  /** `GET /results/<id>`: 200 with the Result, 202 while there is none, 404 where the task is unknown. */
  async result(id: string, request: FunctionRequest): Promise<FunctionResponse> {
    const found = await this.#find(id, request);
    // A client that asks again must not be told what was true before.
    const headers = { 'cache-control': 'no-store' };
    return isResult(found)
      ? { status: 200, headers, body: resultView(found) }
      : { status: 202, headers, body: pendingView(found) };
  }

  /** `GET /results/<id>/<output>`: its bytes. They never change, so that caches may keep them. */
  async output(id: string, name: string, request: FunctionRequest): Promise<FunctionResponse> {
    const found = await this.#find(id, request);
    if (!isResult(found)) {
      return { status: 202, headers: { 'cache-control': 'no-store' }, body: pendingView(found) };
    }
    const output = outputOf(found, name);
    const etag = `"${output.ref}"`;
    const headers = { etag, 'cache-control': 'private, max-age=31536000, immutable' };
    if (request.headers['if-none-match']?.includes(etag) === true) return { status: 304, headers };
    const bytes = await this.#parts.availability.ask(() => this.#parts.ledger.get(output.ref));
    if (bytes === undefined) throw new RequestRefused(404, 'this output has expired');
    const { contentType } = output;
    return {
      status: 200,
      headers: {
        ...headers,
        'content-type': MEDIA_TYPE.test(contentType) ? contentType : 'application/octet-stream',
        // What a task type makes is shown, never run.
        'content-security-policy': "sandbox; default-src 'none'",
        'x-content-type-options': 'nosniff',
      },
      body: bytes,
    };
  }

  async #find(id: string, { query, signal }: FunctionRequest): Promise<Result | Pending> {
    const seconds = readWait(query);
    const { results, availability, waiters } = this.#parts;
    let last: Result | Pending | undefined;
    const look = async (): Promise<Result | Pending | 'unknown' | undefined> => {
      last = await availability.ask(() => results.read(id));
      if (last === undefined) return 'unknown';
      // A cancelled task gets no Result: waiting for one would be in vain.
      return isResult(last) || last.status === 'cancelled' ? last : undefined;
    };
    if (seconds > 0) await waiters.wait(id, { seconds, signal }, look);
    else await look();
    if (last === undefined) throw new RequestRefused(404, 'there is no such task, or it has expired');
    return last;
  }
}

function isResult(found: Result | Pending): found is Result {
  return found.status === 'done' || found.status === 'failed';
}

function outputOf(result: Result, name: string): OutputBlob {
  if (result.status === 'failed') {
    throw new RequestRefused(404, `the task failed and has no outputs: ${result.reason}`);
  }
  const { outputs } = result;
  const output = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
  if (output !== undefined) return output;
  const there = Object.keys(outputs).join(', ');
  throw new RequestRefused(404, there === '' ? 'this task has no outputs' : `the outputs are ${there}`);
}
