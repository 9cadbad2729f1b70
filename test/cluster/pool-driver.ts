import { z } from 'zod';
import { KubernetesClient } from '../../autoscaler/kubernetes-client.ts';
import type { KubernetesAccess } from '../../autoscaler/kubernetes-credentials.ts';
import { KubernetesPool } from '../../autoscaler/kubernetes-pool.ts';
import { LiveFarm } from '../../autoscaler/live-farm.ts';
import { PoolMemory } from '../../shared/io/redis/pool-memory.ts';
import type { FarmStore } from '../../shared/io/redis/farm-store.ts';
import type { PoolUnderTest } from '../support/pool-contract.ts';
import type { Scene } from './scenario.ts';

const ACCOUNT = 'farm-autoscaler';
const STEP_SECONDS = 8;

const kubeconfig = z.object({
  clusters: z
    .array(
      z.object({
        cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string().optional() }),
      }),
    )
    .min(1),
});

/** Reaches the API as the autoscaler's service account, and with no other rights. */
export async function autoscalerAccess(
  scene: Scene,
): Promise<Extract<KubernetesAccess, { readonly kind: 'token' }>> {
  const config = await scene.kubectl('config', 'view', '--raw', '--minify', '--output', 'json');
  const [first] = kubeconfig.parse(JSON.parse(config)).clusters;
  if (first === undefined) throw new Error('Expected a cluster in the current context of the kubeconfig.');
  const authority = first.cluster['certificate-authority-data'];
  return {
    kind: 'token',
    url: first.cluster.server,
    token: (await scene.kubectl('create', 'token', ACCOUNT)).trim(),
    authority: authority === undefined ? undefined : Buffer.from(authority, 'base64').toString(),
    namespace: scene.namespace,
  };
}

/** Takes steps on the pool of a scene from this process, as an autoscaler in the cluster would. */
export class PoolDriver implements PoolUnderTest {
  readonly pool: KubernetesPool;
  readonly control: PoolUnderTest['control'];
  readonly #store: FarmStore;
  readonly #blocking: FarmStore;
  #fence = 0;

  private constructor(scene: Scene, access: KubernetesAccess, deployments: readonly string[]) {
    this.#store = scene.farm.store;
    this.#blocking = scene.farm.another();
    this.control = scene.control;
    const clock = (): number => performance.now() / 1000;
    this.pool = new KubernetesPool({
      client: new KubernetesClient({ access: () => access, clock }),
      deployments,
      memory: new PoolMemory(this.#store),
    });
  }

  static async open(scene: Scene, deployments: readonly string[] = ['farm-worker']): Promise<PoolDriver> {
    return new PoolDriver(scene, await autoscalerAccess(scene), deployments);
  }

  /** Workers that are asked for now. */
  async desired(): Promise<number> {
    return (await this.pool.read(this.nextStep().fence)).desired;
  }

  nextStep(): { readonly farm: LiveFarm; readonly fence: number } {
    this.#fence += 1;
    const farm = new LiveFarm({
      control: this.control,
      pool: this.pool,
      blocking: this.#blocking,
      fence: this.#fence,
      stepSeconds: STEP_SECONDS,
      clock: () => performance.now() / 1000,
    });
    return { farm, fence: this.#fence };
  }
}
