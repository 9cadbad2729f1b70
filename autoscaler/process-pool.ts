import type { ProcessPoolStore } from '../shared/io/redis/process-pool-store.ts';
import { PoolAway } from './pool.ts';
import type { Pool, PoolChange, PoolState } from './pool.ts';

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
      throw new PoolAway('No supervisor of worker processes has reported for 5 s; is `farmhand up` running?');
    }
    const members = processes.filter(({ stopping }) => !stopping);
    return { desired, members: members.map(({ pod }) => ({ pod, ready: true })) };
  }

  resize({ from, to, fence }: PoolChange): Promise<boolean> {
    return this.#store.resize(from, to, fence);
  }
}
