import { join } from 'node:path';
import type { PrivateRedis } from './private-redis.ts';
import { TemplateProcess } from './template-process.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

type Env = Readonly<Record<string, string>>;

/** A real emitter: the function in the template's runtime, in a process of its own. */
export function startEmitter(
  redis: PrivateRedis,
  farm: string,
  env: Env = {},
  token?: string,
): Promise<TemplateProcess> {
  return start('emitter', { REDIS_URL: redis.url, FARM: farm, ...env }, token);
}

/** A real collector. */
export function startCollector(redis: PrivateRedis, farm: string, env: Env = {}): Promise<TemplateProcess> {
  return start('collector', { REDIS_URL: redis.url, FARM: farm, ...env });
}

/** Resolves when it is ready to serve: the port is open, and Redis answers. */
async function start(name: 'emitter' | 'collector', env: Env, token?: string): Promise<TemplateProcess> {
  const started = new TemplateProcess({
    handler: { file: join(REPOSITORY, name, 'handler.ts') },
    env,
    ...(token === undefined ? {} : { secrets: { 'farmhand-token': token } }),
  });
  await started.listening();
  const probe = name === 'emitter' ? '/tasks/none' : '/counters';
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  while ((await started.call(probe, { headers })).status === 503);
  return started;
}

/** An answer's body as JSON. */
export function json({ text }: { readonly text: string }): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}
