import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import { LiveFarm } from '../../../autoscaler/live-farm.ts';
import { ProcessPool } from '../../../autoscaler/process-pool.ts';
import type { WorkerPool } from '../../../cli/local/worker-pool.ts';
import { ProcessPoolStore } from '../../../shared/io/redis/process-pool-store.ts';
import { FarmProcesses } from '../../support/farm-processes.ts';
import { POOL_CONTRACT, scaled, settled } from '../../support/pool-contract.ts';
import type { PoolUnderTest } from '../../support/pool-contract.ts';

let processes: FarmProcesses;
let workers: WorkerPool;
let subject: PoolUnderTest;

beforeAll(async () => {
  processes = await FarmProcesses.open();
  workers = processes.workerPool();
  await workers.start(2);
  const { control, store } = processes.farm;
  const blocking = processes.farm.another();
  const pool = new ProcessPool(new ProcessPoolStore(store));
  let fence = 0;
  const clock = (): number => performance.now() / 1000;
  const nextStep = (): ReturnType<PoolUnderTest['nextStep']> => {
    fence += 1;
    return { fence, farm: new LiveFarm({ control, pool, blocking, fence, stepSeconds: 8, clock }) };
  };
  subject = { pool, control, nextStep };
});
afterAll(async () => {
  await workers.stop();
  await processes.close();
});
beforeEach(async () => {
  await scaled(subject, 2);
  await settled(subject, 2);
});

// The same is asked of pods on a real Kubernetes by test/cluster/scenarios/pool-contract.ts.
describe('a pool of local processes', () => {
  for (const [name, hold] of Object.entries(POOL_CONTRACT)) it(name, () => hold(subject));
});
