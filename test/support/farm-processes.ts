import { join } from 'node:path';
import { WorkerPool } from '../../cli/local/worker-pool.ts';
import { heldTotal, resultsTotal } from '../../shared/farm/counters.ts';
import type { Counters } from '../../shared/farm/counters.ts';
import type { NewTask, TaskId } from '../../shared/farm/task.ts';
import type { FarmRules } from '../../shared/io/redis/farm-store.ts';
import { aTask } from './build-task.ts';
import { PrivateRedis } from './private-redis.ts';
import type { PrivateRedisOptions } from './private-redis.ts';
import { QueueFarm } from './queue-farm.ts';
import { RedisGate, loadScripts } from './redis-gate.ts';
import { TemplateProcess } from './template-process.ts';
import { eventually } from './worker-process.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
/** Compiled code of earlier starts: a process is there in about half the time. */
const COMPILE_CACHE = join(REPOSITORY, 'node_modules', '.cache', 'farmhand');

export type FunctionName = 'emitter' | 'worker' | 'collector' | 'autoscaler';

/** What a process is started with; through a gate, the test can stop it at any of its commands. */
export interface ProcessOptions {
  readonly gate?: RedisGate;
  readonly env?: Readonly<Record<string, string>>;
}

/** A farm with a Redis of its own, and its functions as the real processes that they are, to be killed. */
export class FarmProcesses {
  readonly redis: PrivateRedis;
  readonly farm: QueueFarm;
  readonly #processes: TemplateProcess[] = [];
  readonly #gates: RedisGate[] = [];
  #hasCollector = false;

  private constructor(redis: PrivateRedis, farm: QueueFarm) {
    this.redis = redis;
    this.farm = farm;
  }

  /** @param rules a short lease, unless said otherwise: what a crash costs is waited for */
  static async open(
    rules: Partial<FarmRules> = {},
    options: PrivateRedisOptions = {},
  ): Promise<FarmProcesses> {
    const redis = await PrivateRedis.start(options);
    const farm = await QueueFarm.open(redis, { leaseSeconds: 2.5, backoffSeconds: 0.1, ...rules });
    await loadScripts(farm.store.redis);
    return new FarmProcesses(redis, farm);
  }

  async gate(): Promise<RedisGate> {
    const gate = await RedisGate.open(this.redis);
    this.#gates.push(gate);
    return gate;
  }

  /** Starts a process; resolves when its door is open. */
  async start(name: FunctionName, { gate, env = {} }: ProcessOptions = {}): Promise<TemplateProcess> {
    const process = new TemplateProcess({
      handler: { file: join(REPOSITORY, name, 'handler.ts') },
      env: {
        REDIS_URL: (gate ?? this.redis).url,
        FARM: this.farm.store.farm,
        NODE_COMPILE_CACHE: COMPILE_CACHE,
        // A test run that is interrupted leaves no process behind.
        FARMHAND_STOP_WITH_PARENT: '1',
        ...env,
      },
    });
    this.#processes.push(process);
    if (name === 'collector') this.#hasCollector = true;
    await process.listening();
    return process;
  }

  /** A worker that has entered the registry. */
  async worker(options: ProcessOptions = {}): Promise<TemplateProcess> {
    const worker = await this.start('worker', options);
    await worker.line('entered the registry');
    return worker;
  }

  /** Where the workers of a pool log. */
  get workersLog(): string {
    return join(this.redis.folder, 'workers.log');
  }

  /** The supervisor of the local farm, with worker processes of its own; whoever takes it stops it. */
  workerPool(env: Readonly<Record<string, string>> = {}): WorkerPool {
    const { store } = this.farm;
    return new WorkerPool({
      store,
      blocking: this.farm.another(),
      launch: {
        handler: 'worker/handler.ts',
        logFile: this.workersLog,
        environment: { FARM: store.farm, REDIS_URL: this.redis.url, GRACE_SECONDS: '3', ...env },
      },
      graceSeconds: 3,
      onError: () => undefined,
    });
  }

  /** Admits `calibrated` tasks, each of so many seconds of service. */
  async admit(serviceSeconds: readonly number[], overrides: Partial<NewTask> = {}): Promise<string[]> {
    const tasks = serviceSeconds.map((seconds) =>
      aTask({
        options: JSON.stringify({ serviceSeconds: seconds }),
        expectedServiceSeconds: Math.max(0.01, seconds),
        deadlineSeconds: 60,
        ...overrides,
      }),
    );
    await this.farm.admit(...tasks);
    return tasks.map(({ id }) => id);
  }

  /** Resolves when a worker has this task and has said so: a hand-over that was only begun ends without an attempt. */
  async underWay(id: TaskId): Promise<void> {
    const { store } = this.farm;
    await eventually(async () => {
      const [state, isConfirmed] = await store.redis.hmget(store.key(`task:${id}`), 'st', 'ok');
      return state === 'leased' && isConfirmed === '1' ? true : undefined;
    });
  }

  /** Resolves when every task that was admitted has its Result; collects where no collector is there to do it. */
  async settled(): Promise<Settled> {
    await eventually(async () => {
      if (!this.#hasCollector) await this.farm.collect();
      const { held } = await this.farm.control.observe(0);
      return heldTotal(held) === 0 ? true : undefined;
    });
    return this.#account();
  }

  /** Kills what is left, and ends Redis. */
  async close(): Promise<void> {
    for (const gate of this.#gates) gate.close();
    await Promise.all(this.#processes.map((process) => process.dispose()));
    this.farm.close();
    await this.redis.stop();
  }

  async #account(): Promise<Settled> {
    const { counters } = await this.farm.control.observe(0);
    const { total } = await this.farm.results.list('results', 0, 1);
    const { dropped, duplicated, complaints } = await this.farm.audit();
    return {
      dropped,
      duplicated,
      complaints,
      tasks: counters.admitted,
      results: resultsTotal(counters),
      readable: total,
      counters,
    };
  }
}

/** How a farm stands in which nothing moves any more. */
export interface Settled {
  readonly dropped: number;
  readonly duplicated: number;
  readonly complaints: readonly string[];
  /** Tasks admitted, Results counted, and Results that can be read: the same number three times. */
  readonly tasks: number;
  readonly results: number;
  readonly readable: number;
  readonly counters: Counters;
}

/** What a settled farm of so many tasks must look like, whatever was killed; and what else is expected of its books. */
export function accountedFor(tasks: number, counters: Partial<Counters> = {}): object {
  const books = { dropped: 0, duplicated: 0, complaints: [], tasks, results: tasks, readable: tasks };
  return { ...books, counters };
}

/** Kills at once (SIGKILL); resolves when it is gone. */
export async function killed(process: TemplateProcess): Promise<void> {
  process.child.kill('SIGKILL');
  await process.ended;
}
