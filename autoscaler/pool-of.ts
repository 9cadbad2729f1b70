import { PoolMemory } from '../shared/io/redis/pool-memory.ts';
import type { FarmStore } from '../shared/io/redis/farm-store.ts';
import { ProcessPoolStore } from '../shared/io/redis/process-pool-store.ts';
import { KubernetesClient } from './kubernetes-client.ts';
import { kubernetesAccess } from './kubernetes-credentials.ts';
import type { CredentialSources } from './kubernetes-credentials.ts';
import { KubernetesPool } from './kubernetes-pool.ts';
import type { Pool } from './pool.ts';
import { ProcessPool } from './process-pool.ts';
import type { AutoscalerSettings } from './settings.ts';

/** The pool that the settings name. */
export function poolOf(settings: AutoscalerSettings, store: FarmStore, sources: CredentialSources): Pool {
  if (settings.POOL === 'processes') return new ProcessPool(new ProcessPoolStore(store));
  return new KubernetesPool({
    client: new KubernetesClient({
      access: () => kubernetesAccess(settings, sources),
      clock: () => performance.now() / 1000,
    }),
    deployments: settings.KUBERNETES_DEPLOYMENTS,
    memory: new PoolMemory(store),
  });
}
