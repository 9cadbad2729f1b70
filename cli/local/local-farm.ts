import { availableParallelism } from 'node:os';
import type { DispatchOrder } from '../../shared/farm/dispatch-order.ts';
import type { FarmStore } from '../../shared/io/redis/farm-store.ts';
import { checkFarm, openFarm } from '../../shared/io/redis/open-farm.ts';
import type { OpenFarm } from '../../shared/io/redis/open-farm.ts';
import { ServiceModelStore } from '../../shared/io/redis/service-models.ts';
import { readServiceModels } from '../calibration.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { FunctionProcess } from './function-process.ts';
import { PrivateRedis } from './private-redis.ts';
import { identityOf } from './process-identity.ts';
import { DOORS } from './state-folder.ts';
import type { Door, FarmState, StateFolder } from './state-folder.ts';
import { WorkerPool } from './worker-pool.ts';

/** Time that a worker has to finish its task when the farm stops. */
const WORKER_GRACE_SECONDS = 10;
const FUNCTION_GRACE_SECONDS = 5;

/** What whoever starts a farm may choose. */
export interface LocalFarmOptions {
  readonly redisServer: string;
  readonly workers: { readonly min: number; readonly max: number };
  readonly order: DispatchOrder;
  readonly leaseSeconds: number;
  /** Of the emitter; the collector and the autoscaler take the next two. Any free ports where it is absent. */
  readonly port?: number;
  readonly stepSeconds: number;
  /** As the autoscaler's POLICY; a rule for short steps where it is absent. */
  readonly policy?: string;
}

/** The steps of a local farm are shorter than the shipped planners accept. */
const LOCAL_POLICY = 'policies/staffing-local.json';

/** A whole farm on this machine: a Redis of its own, the functions, and the worker processes. */
export class LocalFarm {
  readonly folder: StateFolder;
  readonly #options: LocalFarmOptions;
  readonly #redis: PrivateRedis;
  readonly #opened: OpenFarm;
  readonly #functions = new Map<Door, FunctionProcess>();
  readonly #startedAt = new Date();
  readonly pool: WorkerPool;

  private constructor(folder: StateFolder, options: LocalFarmOptions, redis: PrivateRedis) {
    this.folder = folder;
    this.#options = options;
    this.#redis = redis;
    this.#opened = openFarmOf(folder, redis.port);
    this.pool = new WorkerPool({
      store: this.#opened.store,
      blocking: this.#opened.another(),
      launch: {
        handler: 'worker/handler.ts',
        logFile: folder.log('workers'),
        environment: { ...this.#environment(WORKER_GRACE_SECONDS), ...WORKER_THREADS, ...WORKER_MALLOC },
      },
      graceSeconds: WORKER_GRACE_SECONDS,
      onError: (error) => {
        console.error(error);
      },
    });
  }

  /**
   * Starts Redis, emitter, collector and as many workers as `initialWorkers`; the autoscaler is started apart.
   * What has started is stopped again where the rest fails.
   *
   * @throws ComponentFailed
   */
  static async start(
    folder: StateFolder,
    options: LocalFarmOptions,
    initialWorkers: number = options.workers.min,
  ): Promise<LocalFarm> {
    folder.prepare();
    const redis = await PrivateRedis.start(options.redisServer, folder);
    const farm = new LocalFarm(folder, options, redis);
    try {
      await checkFarm(farm.store);
      await farm.store.configure({ order: options.order, leaseSeconds: options.leaseSeconds });
      const models = readServiceModels();
      if (models !== undefined) await new ServiceModelStore(farm.store).write(models);
      await farm.pool.start(initialWorkers);
      await farm.startFunction('collector');
      await farm.startFunction('emitter', { COLLECTOR_URL: farm.url('collector') });
      return farm;
    } catch (error) {
      await farm.stop();
      throw error;
    }
  }

  get store(): FarmStore {
    return this.#opened.store;
  }

  get token(): string {
    return this.folder.secret('farmhand-token') ?? '';
  }

  url(door: Door): string {
    return this.#functions.get(door)?.url ?? '';
  }

  /** @throws ComponentFailed */
  async startFunction(door: Door, settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const { port } = this.#options;
    const launch = {
      name: door,
      handler: `${door}/handler.ts`,
      logFile: this.folder.log(door),
      environment: {
        ...this.#environment(FUNCTION_GRACE_SECONDS),
        PORT: port === undefined ? '0' : String(port + DOORS.indexOf(door)),
        ...settings,
      },
    };
    const started = new FunctionProcess(launch, FUNCTION_GRACE_SECONDS);
    // Known before its door is open: a farm that stops meanwhile stops it as well.
    this.#functions.set(door, started);
    try {
      await started.listening();
    } catch (error) {
      const isTaken = error instanceof Error && error.message.includes('address already in use');
      if (port === undefined || !isTaken) throw error;
      throw new CommandError(
        `The ${door} cannot open port ${launch.environment.PORT}: address already in use 127.0.0.1:${launch.environment.PORT}. ` +
          'Choose another --port, for the emitter; collector and autoscaler take the next two.',
        EXIT.failed,
        { cause: error },
      );
    }
  }

  /** Starts the autoscaler's steps. Until then the pool stays as it is. */
  async startAutoscaler(): Promise<void> {
    const { workers, stepSeconds, policy = LOCAL_POLICY } = this.#options;
    await this.startFunction('autoscaler', {
      POOL: 'processes',
      MIN_WORKERS: String(workers.min),
      MAX_WORKERS: String(workers.max),
      STEP_SECONDS: String(stepSeconds),
      STEP_LIMIT: String(workers.max),
      POLICY: policy,
    });
  }

  /** Writes down where everything is, also when that changes. */
  publish(): void {
    this.folder.writeState(this.describe());
    this.#redis.onRestart = () => {
      this.folder.writeState(this.describe());
    };
  }

  describe(): FarmState {
    return {
      version: 1,
      farm: this.folder.farm,
      startedAt: this.#startedAt.toISOString(),
      supervisor: identityOf(process.pid) ?? { pid: process.pid, started: '' },
      redis: { ...this.#redis.identity, port: this.#redis.port },
      urls: Object.fromEntries([...this.#functions].map(([door, { url }]) => [door, url])),
      workers: this.#options.workers,
    };
  }

  /** No new decisions, no new tasks; then the workers finish, what they answered is collected, and Redis goes last. */
  async stop(): Promise<void> {
    this.#redis.onRestart = () => undefined;
    await Promise.all([this.#functions.get('autoscaler')?.stop(), this.#functions.get('emitter')?.stop()]);
    await this.pool.stop();
    await this.#functions.get('collector')?.stop();
    this.#opened.close();
    await this.#redis.stop();
  }

  #environment(graceSeconds: number): Readonly<Record<string, string>> {
    return {
      FARM: this.folder.farm,
      REDIS_URL: `redis://127.0.0.1:${this.#redis.port}`,
      SECRETS_DIR: this.folder.secrets,
      GRACE_SECONDS: String(graceSeconds),
    };
  }
}

/** One task at a time, so few threads: a pool of many workers shares the cores anyway. */
const WORKER_THREADS = { UV_THREADPOOL_SIZE: '2', VIPS_CONCURRENCY: '1' } as const;

/** As many image workers as there are cores: more of them only wait for each other. */
export const coreCount: number = availableParallelism();

/**
 * How the C library gives memory back, as in the image: a picture of 16 megapixels written as two PNG took a worker
 * 520 to 545 MiB without, 415 with, in the same time. Other systems' libraries do not look at it.
 */
const WORKER_MALLOC = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '65536',
  MALLOC_TRIM_THRESHOLD_: '131072',
};

/** Opens the Redis of a farm on this machine. */
export function openFarmOf(folder: StateFolder, redisPort: number): OpenFarm {
  return openFarm({
    env: { FARM: folder.farm, REDIS_URL: `redis://127.0.0.1:${redisPort}` },
    secret: (name) => folder.secret(name),
    reportDependency: () => undefined,
  });
}
