import { setTimeout as delay } from 'node:timers/promises';
import type { FailureKind, ResultTimes } from '../shared/farm/result.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import type { FarmDoors } from './running-farm.ts';

/** A door that does not answer is tried again this often, half a second longer each time. */
const TRIES = 6;
/** How long one look at a Result waits for it; short of what proxies allow. */
const POLL_SECONDS = 10;

const FULL = 429;
const AWAY = 503;

/** The longest page that the collector serves. */
const LONGEST_PAGE = 200;

/** The farm said no, and why. */
export class Refused extends CommandError {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** Then every other request will be refused as well. */
  get isAboutToken(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

/** A task that was let in. */
export interface Submitted {
  readonly task: string;
  readonly deadlineSeconds: number;
  readonly expectedServiceSeconds: number;
}

/** A Result as the collector shows it. */
export type ShownResult = Omit<ResultTimes, 'taskId'> & { readonly task: string } & (
    | {
        readonly status: 'done';
        readonly summary: unknown;
        readonly outputs: Readonly<Record<string, { readonly contentType: string; readonly bytes: number }>>;
      }
    | { readonly status: 'failed'; readonly kind: FailureKind; readonly reason: string }
  );

/** A line of a list: what may be long is left out. */
export type ResultLine = Omit<ResultTimes, 'taskId'> & { readonly task: string } & (
    | { readonly status: 'done'; readonly summary?: unknown; readonly outputs: readonly string[] }
    | { readonly status: 'failed'; readonly kind: FailureKind; readonly reason: string }
  );

export interface ResultsPage {
  readonly results: readonly ResultLine[];
  readonly total: number;
}

interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string;
}

/** The doors of a farm, over HTTP. Waits where the farm says that it is full, and tries again where it is away. */
export class FarmClient {
  readonly #doors: FarmDoors;
  readonly #onWait: (reason: string) => void;
  readonly #signal: AbortSignal | undefined;

  /**
   * @param onWait told each time that something has to be waited for
   * @param signal ends every call and every wait
   */
  constructor(doors: FarmDoors, onWait: (reason: string) => void = () => undefined, signal?: AbortSignal) {
    this.#doors = doors;
    this.#onWait = onWait;
    this.#signal = signal;
  }

  /**
   * Submits one task with its input.
   *
   * @param idempotencyKey makes a submission that is sent again the same task
   * @throws Refused
   */
  async submit(
    input: Uint8Array<ArrayBuffer>,
    parameters: URLSearchParams,
    idempotencyKey: string,
  ): Promise<Submitted> {
    const headers = { 'idempotency-key': idempotencyKey, 'content-type': 'application/octet-stream' };
    const response = await this.#call(`${this.#doors.emitter}/?${String(parameters)}`, {
      method: 'POST',
      headers,
      body: input,
    });
    return (await response.json()) as Submitted;
  }

  /** Waits for the Result of a task, however long it takes. */
  async waitForResult(taskId: string): Promise<ShownResult> {
    for (;;) {
      const url = `${this.#doors.collector}/results/${encodeURIComponent(taskId)}?wait=${POLL_SECONDS}s`;
      const shown = (await (await this.#call(url)).json()) as
        ShownResult | { readonly status: 'cancelled' | 'waiting' };
      if (shown.status === 'done' || shown.status === 'failed') return shown;
      if (shown.status === 'cancelled') throw new Refused(410, `Task ${taskId} was cancelled.`);
    }
  }

  /** The Result of a task, or where it is. @throws Refused with status 404 where it is not known */
  async result(taskId: string): Promise<unknown> {
    const url = `${this.#doors.collector}/results/${encodeURIComponent(taskId)}`;
    return (await this.#call(url)).json();
  }

  /** Newest first, over as many pages as it takes. */
  async list(kind: 'results' | 'dead-letters', most: number): Promise<ResultsPage> {
    const results: ResultLine[] = [];
    for (;;) {
      const limit = Math.min(LONGEST_PAGE, most - results.length);
      const url = `${this.#doors.collector}/${kind}?limit=${limit}&offset=${results.length}`;
      const page = (await (await this.#call(url)).json()) as ResultsPage;
      results.push(...page.results);
      if (page.results.length < limit || results.length >= most) return { results, total: page.total };
    }
  }

  /** Sends a dead letter round again. @throws Refused where it is none */
  async requeue(taskId: string): Promise<void> {
    const url = `${this.#doors.collector}/dead-letters/${encodeURIComponent(taskId)}/requeue`;
    await (await this.#call(url, { method: 'POST' })).body?.cancel();
  }

  async output(taskId: string, name: string): Promise<Buffer> {
    const url = `${this.#doors.collector}/results/${encodeURIComponent(taskId)}/${encodeURIComponent(name)}`;
    return Buffer.from(await (await this.#call(url)).arrayBuffer());
  }

  /** The emitter's generated load: begins one, asks about it (GET) or stops it (DELETE). */
  async load(method: 'POST' | 'GET' | 'DELETE', body?: unknown): Promise<unknown> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { 'content-type': 'application/json' };
    const response = await this.#call(`${this.#doors.emitter}/load`, { method, headers, ...sent });
    const text = await response.text();
    return text === '' ? {} : (JSON.parse(text) as unknown);
  }

  async #call(url: string, call: Call = {}): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#once(url, call);
      if (response instanceof Response && response.ok) return response;
      const waitSeconds = waitBeforeRetry(response, attempt);
      if (waitSeconds === undefined) throw await failure(url, response);
      if (response instanceof Response) await response.body?.cancel();
      const isFull = response instanceof Response && response.status === FULL;
      this.#onWait(isFull ? `the farm is full, again in ${waitSeconds} s` : 'the farm is away');
      await delay(waitSeconds * 1000, undefined, this.#signal && { signal: this.#signal });
    }
  }

  /** The answer, or why there was none. */
  async #once(url: string, { method = 'GET', headers, body }: Call): Promise<Response | Error> {
    const { token } = this.#doors;
    const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const init: RequestInit = { method, headers: { ...headers, ...bearer }, signal: this.#signal ?? null };
    if (body !== undefined) init.body = body;
    try {
      return await fetch(url, init);
    } catch (error) {
      this.#signal?.throwIfAborted();
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

/**
 * Seconds until it makes sense to ask again; undefined where it makes none. A full farm is asked for ever, since it
 * says itself when there will be room; one that is away only a few times.
 */
function waitBeforeRetry(answer: Response | Error, attempt: number): number | undefined {
  if (answer instanceof Error) return attempt < TRIES ? attempt / 2 : undefined;
  const said = Number(answer.headers.get('retry-after') ?? Number.NaN);
  // A proxy may say it as a date.
  const saidSeconds = Number.isFinite(said) ? said : attempt / 2;
  if (answer.status === FULL) return saidSeconds;
  return answer.status === AWAY && attempt < TRIES ? saidSeconds : undefined;
}

async function failure(url: string, answer: Response | Error): Promise<CommandError> {
  if (answer instanceof Response) return refusal(answer);
  const cause = answer.cause instanceof Error ? answer.cause.message : answer.message;
  return new CommandError(`${url} does not answer: ${cause}`, EXIT.failed, { cause: answer });
}

/** What the farm says in its answer, with the fields that it names. */
async function refusal(response: Response): Promise<Refused> {
  const said = readProblem(await response.text()) ?? `${response.status} ${response.statusText}`;
  const refused = new Refused(response.status, said);
  return refused.isAboutToken ? new Refused(response.status, `${said} (set FARMHAND_TOKEN)`) : refused;
}

function readProblem(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    return typeof error === 'string' ? error : text;
  } catch {
    return text === '' ? undefined : text.slice(0, 500);
  }
}
