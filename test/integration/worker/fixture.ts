import { join } from 'node:path';
import type { FarmRules } from '../../../shared/io/redis/farm-store.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { QueueFarm } from '../../support/queue-farm.ts';
import type { TemplateProcess } from '../../support/template-process.ts';
import { startWorker } from '../../support/worker-process.ts';

/** Task types that misbehave, beside the two good ones. */
export const BAD_TYPES = { TASKS_DIR: join(import.meta.dirname, 'task-types') };

/** A Redis for a test file; a farm and its workers for each test. */
export class WorkerFixture {
  readonly redis: PrivateRedis;
  readonly #workers: TemplateProcess[] = [];
  #farm: QueueFarm | undefined;

  private constructor(redis: PrivateRedis) {
    this.redis = redis;
  }

  static async start(): Promise<WorkerFixture> {
    return new WorkerFixture(await PrivateRedis.start());
  }

  async farm(rules: Partial<FarmRules> = {}): Promise<QueueFarm> {
    this.#farm = await QueueFarm.open(this.redis, { backoffSeconds: 0.05, ...rules });
    return this.#farm;
  }

  async worker(farm: QueueFarm, env: Readonly<Record<string, string>> = {}): Promise<TemplateProcess> {
    const worker = await startWorker(this.redis, farm, env);
    this.#workers.push(worker);
    return worker;
  }

  /** Ends what a test has started. */
  async clear(): Promise<void> {
    await Promise.all(this.#workers.splice(0).map((worker) => worker.dispose()));
    this.#farm?.close();
    this.#farm = undefined;
  }

  async stop(): Promise<void> {
    await this.clear();
    await this.redis.stop();
  }
}
