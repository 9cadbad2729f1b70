import type { ProcessPoolStore } from '../shared/io/redis/process-pool-store.ts';
import { PoolFailure } from './pool.ts';
import type { Pool, PoolChange, PoolResult, PoolState } from './pool.ts';

/**
 * Workers as processes of this machine. Their supervisor starts and stops them; this only writes the wish down. Which
 * ones a smaller pool loses, the supervisor reads in the registry: those marked as about to be removed.
 */
export class ProcessPool implements Pool {
  readonly #store: ProcessPoolStore;

  constructor(store: ProcessPoolStore) {
    this.#store = store;
  }

  async read(): Promise<PoolState> {
    const [desired, processes] = await Promise.all([this.#store.desired(), this.#store.processes()]);
    if (processes === undefined) {
      throw new PoolFailure(
        'poolAway',
        'No supervisor of worker processes has reported for 5 s; is `farmhand up` running?',
      );
    }
    const members = processes.filter(({ stopping }) => !stopping);
    return { desired, members: members.map(({ pod }) => ({ pod, ready: true })) };
  }

  async resize({ seen, to, remove, fence }: PoolChange): Promise<PoolResult> {
    const pods = remove.map(({ pod }) => pod);
    if (await this.#store.resize(seen.desired, to, fence)) {
      return { desired: to, removed: pods, kept: [], failures: [] };
    }
    const detail = `the pool is no longer ${String(seen.desired)}: somebody else has changed it; this step changes nothing`;
    return { desired: seen.desired, removed: [], kept: pods, failures: [{ reason: 'conflict', detail }] };
  }

  /** That a process is to go stands in the registry alone. */
  async spare(): Promise<void> {
    await Promise.resolve();
  }
}
