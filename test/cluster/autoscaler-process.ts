import { join } from 'node:path';
import { z } from 'zod';
import type { Decision } from '../../autoscaler/decision.ts';
import { TemplateProcess } from '../support/template-process.ts';
import { isReady } from './pod.ts';
import type { autoscalerAccess } from './pool-driver.ts';
import type { Scene } from './scenario.ts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const HANDLER = join(REPOSITORY, 'autoscaler', 'handler.ts');
const replySchema = z.union([z.object({ error: z.string() }), z.object({ fence: z.number() })]);

export interface AutoscalerOptions {
  readonly access: Awaited<ReturnType<typeof autoscalerAccess>>;
  /** Where it finds the API; a gate, as a rule. */
  readonly apiUrl: string;
  /** How many workers it wants. */
  readonly wants: number;
}

/** The autoscaler as a process of this machine, scaling the pool of a scene one step at a time, and to be killed. */
export class AutoscalerProcess {
  readonly #process: TemplateProcess;
  readonly #scene: Scene;

  private constructor(process: TemplateProcess, scene: Scene) {
    this.#process = process;
    this.#scene = scene;
  }

  static async start(scene: Scene, { access, apiUrl, wants }: AutoscalerOptions): Promise<AutoscalerProcess> {
    const { host = '', port = 0, password = '' } = scene.farm.store.redis.options;
    const process = new TemplateProcess({
      handler: { file: HANDLER },
      secrets: { 'api-token': access.token, 'redis-password': password },
      env: {
        FARM: scene.farm.store.farm,
        REDIS_URL: `redis://${host}:${String(port)}`,
        POOL: 'kubernetes',
        KUBERNETES_API_URL: apiUrl,
        KUBERNETES_TOKEN_SECRET: 'api-token',
        KUBERNETES_NAMESPACE: scene.namespace,
        KUBERNETES_DEPLOYMENTS: 'farm-worker',
        POLICY: `static:${String(wants)}`,
        SCHEDULE: 'off',
        MINIMUM_INTERVAL_SECONDS: '0',
        HOST: '127.0.0.1',
        NODE_COMPILE_CACHE: join(REPOSITORY, 'node_modules', '.cache', 'farmhand'),
        FARMHAND_STOP_WITH_PARENT: '1',
      },
    });
    return new AutoscalerProcess(await process.listening(), scene);
  }

  /** Asks for a step; undefined where another one is under way, or the process has yet to find the farm. */
  async ask(): Promise<Decision | undefined> {
    const { status, text } = await this.#process.call('/', { method: 'POST' });
    const reply = replySchema.parse(JSON.parse(text));
    // Fence 0 is a step without a farm: Redis has not been reached yet.
    if ('fence' in reply) return reply.fence === 0 ? undefined : (JSON.parse(text) as Decision);
    if (status === 429 || status === 503) return undefined;
    throw new Error(`Expected a step of the autoscaler, got ${String(status)} ${text}`);
  }

  /** A step, as soon as one may be taken. */
  step(): Promise<Decision> {
    return this.#scene.waitUntil('a step of the autoscaler', () => this.ask(), 60);
  }

  /** Ends at once, in the middle of whatever it does. */
  kill(): Promise<void> {
    return this.#process.dispose();
  }
}

/** Resolves when so many pods of the pool are ready, and no other is left that the farm knows. */
export function atWork(scene: Scene, count: number): Promise<true> {
  return scene.waitUntil(`${String(count)} workers at work`, async (): Promise<true | undefined> => {
    const pods = (await scene.pods('farm-worker')).filter(isReady);
    const { workers } = await scene.control.observe(0);
    const known = workers.filter(({ state }) => state === 'idle' || state === 'busy');
    const isComplete = pods.length === count && known.length === count && workers.length === count;
    return isComplete ? true : undefined;
  });
}
