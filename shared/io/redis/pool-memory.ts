import type { FarmStore } from './farm-store.ts';

/** What the steps of an autoscaler leave about the pool for those that follow. */
export class PoolMemory<Memory> {
  readonly #store: FarmStore;

  constructor(store: FarmStore) {
    this.#store = store;
  }

  /** Undefined where nothing was kept yet. */
  async recall(): Promise<Memory | undefined> {
    const text = await this.#store.redis.get(this.#store.key('pool-memory'));
    return text === null ? undefined : (JSON.parse(text) as Memory);
  }

  /** Seconds since the epoch on the farm's clock. */
  nowSeconds(): Promise<number> {
    return this.#store.nowSeconds();
  }

  /** @returns false where a newer step has acted since: nothing is kept */
  async keep(fence: number, memory: Memory): Promise<boolean> {
    return (await this.#store.run('pool-memory', [fence, JSON.stringify(memory)])) === 1;
  }
}
