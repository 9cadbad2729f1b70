import { randomBytes } from 'node:crypto';
import { Availability, RedisAway } from '../shared/io/redis/availability.ts';
import { BlobLedger, RedisBlobStore } from '../shared/io/redis/blob-store.ts';
import { Control } from '../shared/io/redis/control.ts';
import { LoadLedger } from '../shared/io/redis/load-record.ts';
import { checkFarm, openFarm } from '../shared/io/redis/open-farm.ts';
import { ResultStore } from '../shared/io/redis/result-store.ts';
import { ServiceModelStore } from '../shared/io/redis/service-models.ts';
import { Submissions } from '../shared/io/redis/submissions.ts';
import { RequestRefused } from '../shared/io/request-refused.ts';
import type { Answer } from '../shared/io/request-refused.ts';
import { isTaskId } from '../shared/io/task-id.ts';
import { untilAborted } from '../shared/io/until-aborted.ts';
import type { FunctionContext, FunctionRequest } from '../template/farm-node22/contract.ts';
import { AdmissionDoor } from './admission-door.ts';
import { BackPressure } from './back-pressure.ts';
import { LoadRequests } from './load-requests.ts';
import { LoadRunner } from './load-runner.ts';
import { EmitterMetrics } from './metrics.ts';
import { ServiceModelsCache } from './service-models-cache.ts';
import { farmRules, readEmitterSettings } from './settings.ts';
import { submit } from './submit.ts';
import type { SubmitParts } from './submit.ts';
import { cancelTask, readTask } from './task-requests.ts';
import { parseLoadSetting } from './load-spec.ts';

/** One emitter process: takes work over HTTP, and generates load. */
export class Emitter {
  readonly #settings;
  readonly #log;
  readonly #store;
  readonly #availability;
  readonly #submissions;
  readonly #results;
  readonly #submitting: SubmitParts;
  readonly #runner;
  readonly #loads;
  /** Whether this Redis and its keys are such that tasks may be put there. */
  #isChecked = false;

  /** @throws InvalidSetting, and RequestRefused where LOAD is no load */
  constructor(context: FunctionContext) {
    const settings = readEmitterSettings(context.env);
    if (settings.LOAD !== undefined) parseLoadSetting(settings.LOAD);
    const { store } = openFarm(context);
    const control = new Control(store);
    const metrics = new EmitterMetrics(context.metrics);
    const ledger = new LoadLedger(store);
    this.#settings = settings;
    this.#log = context.log;
    this.#store = store;
    this.#availability = new Availability(store, settings.REDIS_ANSWER_SECONDS);
    this.#results = new ResultStore(store);
    this.#submissions = new Submissions(store, {
      maxWaiting: settings.MAX_WAITING,
      idempotencySeconds: settings.IDEMPOTENCY_SECONDS,
    });
    this.#submitting = {
      settings,
      metrics,
      backPressure: new BackPressure(control),
      door: new AdmissionDoor({
        submissions: this.#submissions,
        ledger: new BlobLedger(store, new RedisBlobStore(store.redis, store.farm)),
        models: new ServiceModelsCache(new ServiceModelStore(store), context.log),
        maxBlobBytes: settings.MAX_BLOB_BYTES,
      }),
    };
    const token = `${context.instance}-${randomBytes(6).toString('base64url')}`;
    const { log } = context;
    const maxWaiting = settings.MAX_WAITING;
    this.#runner = new LoadRunner({ store, ledger, control, metrics, log, token, maxWaiting });
    this.#loads = new LoadRequests(ledger, this.#runner);
  }

  /** @throws EvictingRedis, UnknownSchemaVersion: then nothing may be put there */
  async run(signal: AbortSignal): Promise<void> {
    await untilAborted(checkFarm(this.#store), signal);
    await untilAborted(this.#store.configure(farmRules(this.#settings)), signal);
    this.#isChecked = true;
    const { LOAD } = this.#settings;
    if (LOAD !== undefined) {
      const became = await untilAborted(this.#loads.beginFromSetting(LOAD), signal);
      this.#log.info({ became }, 'the load of LOAD');
    }
    await this.#runner.run(signal);
  }

  async answer(request: FunctionRequest): Promise<Answer> {
    const route = this.#route(request);
    return this.#availability.ask(() => {
      if (!this.#isChecked) throw new RedisAway('The farm has not been checked yet. Try again in a moment.');
      return route();
    });
  }

  #route(request: FunctionRequest): () => Promise<Answer> {
    const { path } = request;
    if (path === '/' || path === '/tasks') {
      return only(request, { POST: () => submit(request, this.#submitting) });
    }
    if (path === '/load') {
      return only(request, {
        POST: () => this.#loads.begin(request),
        GET: () => this.#loads.status(),
        DELETE: () => this.#loads.stop(),
      });
    }
    const id = /^\/tasks\/([^/]+)$/.exec(path)?.[1];
    if (id === undefined) {
      throw new RequestRefused(404, 'there are POST / and /tasks, GET and DELETE /tasks/<id>, and /load');
    }
    if (!isTaskId(id)) throw new RequestRefused(404, 'there is no such task');
    return only(request, {
      GET: () => readTask(id, this.#results),
      DELETE: () => cancelTask(id, this.#submissions, this.#settings.RESULT_SECONDS),
    });
  }
}

type Routes = Readonly<Partial<Record<string, () => Promise<Answer>>>>;

function only({ method }: FunctionRequest, routes: Routes): () => Promise<Answer> {
  const route = Object.hasOwn(routes, method) ? routes[method] : undefined;
  if (route !== undefined) return route;
  const allow = Object.keys(routes).join(', ');
  throw new RequestRefused(405, `only ${allow} is served here`, { allow });
}
