import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkerRecord } from '../../shared/farm/worker.ts';
import type { PrivateRedis } from './private-redis.ts';
import type { QueueFarm } from './queue-farm.ts';
import { TemplateProcess } from './template-process.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const HANDLER = join(REPOSITORY, 'worker', 'handler.ts');

/** A real worker: the function in the template's runtime, in a process of its own. */
export async function startWorker(
  redis: PrivateRedis,
  farm: QueueFarm,
  env: Readonly<Record<string, string>> = {},
): Promise<TemplateProcess> {
  const worker = new TemplateProcess({
    handler: { file: HANDLER },
    env: { REDIS_URL: redis.url, FARM: farm.store.farm, LOG_LEVEL: 'debug', ...env },
  });
  await worker.listening();
  await worker.line('entered the registry');
  return worker;
}

/** Asks until there is an answer: for what Redis knows and tells nobody. */
export async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await delay(20);
  }
}

/**
 * The first worker of the registry that is in this state, as soon as there is one. A busy one has its task in hand: the
 * registry says busy as soon as a task is handed over, but until the worker has confirmed it, stopping it gives it back.
 */
export function workerIn(farm: QueueFarm, state: WorkerRecord['state']): Promise<WorkerRecord> {
  return eventually(async () => {
    const entry = (await farm.control.observe(0)).workers.find((each) => each.state === state);
    if (entry?.taskId === undefined) return entry;
    const confirmed = await farm.store.redis.hget(farm.store.key(`task:${entry.taskId}`), 'ok');
    return confirmed === '1' ? entry : undefined;
  });
}

/** Collects until all these tasks have their Result. */
export async function collected(farm: QueueFarm, ids: readonly string[]): Promise<void> {
  await eventually(async () => {
    await farm.collect();
    const states = await Promise.all(ids.map((id) => farm.stateOf(id)));
    return states.every((state) => state === 'done' || state === 'failed') ? true : undefined;
  });
}
