import { randomBytes } from 'node:crypto';
import { Availability } from '../shared/io/redis/availability.ts';
import { BlobLedger, RedisBlobStore } from '../shared/io/redis/blob-store.ts';
import { Control } from '../shared/io/redis/control.ts';
import { checkFarm, openFarm } from '../shared/io/redis/open-farm.ts';
import { ResultStore } from '../shared/io/redis/result-store.ts';
import { Submissions } from '../shared/io/redis/submissions.ts';
import { RequestRefused } from '../shared/io/request-refused.ts';
import type { Answer } from '../shared/io/request-refused.ts';
import { isTaskId } from '../shared/io/task-id.ts';
import { untilAborted } from '../shared/io/until-aborted.ts';
import type { FunctionContext, FunctionRequest, FunctionResponse } from '../template/farm-node22/contract.ts';
import { CollectLoop } from './collect-loop.ts';
import { counters, list, requeue } from './list-requests.ts';
import { CollectorMetrics } from './metrics.ts';
import { ResultRequests } from './result-requests.ts';
import { ResultWaiters } from './result-waiters.ts';
import { readCollectorSettings } from './settings.ts';
import { keepUp } from './upkeep-loop.ts';

/** One collector process: records Results, and serves them. */
export class Collector {
  readonly #log;
  readonly #store;
  readonly #ledger;
  readonly #results;
  readonly #submissions;
  readonly #control;
  readonly #availability;
  readonly #requests;
  readonly #loop;

  /** @throws InvalidSetting */
  constructor(context: FunctionContext) {
    const settings = readCollectorSettings(context.env);
    const farm = openFarm(context);
    const { store } = farm;
    const { log } = context;
    const results = new ResultStore(store);
    const ledger = new BlobLedger(store, new RedisBlobStore(store.redis, store.farm));
    const availability = new Availability(store, settings.REDIS_ANSWER_SECONDS);
    this.#log = log;
    this.#store = store;
    this.#ledger = ledger;
    this.#results = results;
    this.#availability = availability;
    // Nothing is admitted through here: a requeued task was admitted before.
    this.#submissions = new Submissions(store, { maxWaiting: 0, idempotencySeconds: 1 });
    this.#control = new Control(store);
    const waiters = new ResultWaiters(() => farm.another(), results.channel, log);
    this.#requests = new ResultRequests({ results, ledger, waiters, availability });
    this.#loop = new CollectLoop({
      store,
      inbox: farm.another(),
      results,
      log,
      metrics: new CollectorMetrics(context.metrics),
      collectorId: `${context.instance}-${randomBytes(6).toString('base64url')}`,
      keepSeconds: settings.RESULT_SECONDS,
    });
  }

  /** @throws EvictingRedis, UnknownSchemaVersion */
  async run(signal: AbortSignal): Promise<void> {
    await untilAborted(checkFarm(this.#store), signal);
    await Promise.all([this.#loop.run(signal), keepUp(this.#store, this.#ledger, this.#log, signal)]);
  }

  async answer(request: FunctionRequest): Promise<FunctionResponse> {
    const { path, query } = request;
    const ask = (work: () => Promise<Answer>) => this.#availability.ask(work);
    switch (path) {
      case '/results':
        return only(request, 'GET', () => ask(() => list('results', query, this.#results)));
      case '/dead-letters':
        return only(request, 'GET', () => ask(() => list('dead', query, this.#results)));
      case '/counters':
        return only(request, 'GET', () => ask(() => counters(this.#control)));
      default:
        return this.#answerAboutTask(request);
    }
  }

  async #answerAboutTask(request: FunctionRequest): Promise<FunctionResponse> {
    const [, kind, id = '', name, ...more] = request.path.split('/');
    const isWhole = more.length === 0 && id !== '' && name !== '';
    if (kind === 'results' && isWhole) {
      if (!isTaskId(id)) throw unknownTask();
      return only(request, 'GET', () =>
        name === undefined ? this.#requests.result(id, request) : this.#requests.output(id, name, request),
      );
    }
    if (kind === 'dead-letters' && isWhole && name === 'requeue') {
      if (!isTaskId(id)) throw unknownTask();
      return only(request, 'POST', () => this.#availability.ask(() => requeue(id, this.#submissions)));
    }
    throw new RequestRefused(
      404,
      'there are GET /results, /results/<id>, /results/<id>/<output>, /dead-letters, /counters, ' +
        'and POST /dead-letters/<id>/requeue',
    );
  }
}

function only<T>({ method }: FunctionRequest, allow: string, serve: () => Promise<T>): Promise<T> {
  if (method === allow) return serve();
  throw new RequestRefused(405, `only ${allow} is served here`, { allow });
}

function unknownTask(): RequestRefused {
  return new RequestRefused(404, 'there is no such task, or it has expired');
}
