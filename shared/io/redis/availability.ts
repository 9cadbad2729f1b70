import type { FarmStore } from './farm-store.ts';

/** Redis does not answer. Whoever asked should ask again. */
export class RedisAway extends Error {
  override readonly name = 'RedisAway';
  readonly retryAfterSeconds = 2;
}

/**
 * Asks Redis on behalf of somebody who does not wait for ever. Commands themselves wait until Redis is back, so a
 * request that came while it is away would hang, and its body with it: it is refused at once instead.
 */
export class Availability {
  readonly #store: FarmStore;
  readonly #mostSeconds: number;
  /** Questions that took too long and are still open. */
  #overdue = 0;

  constructor(store: FarmStore, mostSeconds: number) {
    this.#store = store;
    this.#mostSeconds = mostSeconds;
  }

  /**
   * @throws RedisAway where Redis is away, or where the time is up; what was asked may then still happen
   */
  async ask<T>(work: () => Promise<T>): Promise<T> {
    if (this.#store.redis.status !== 'ready' || this.#overdue > 0) {
      throw new RedisAway('Redis is away. Try again in a moment.');
    }
    return this.#within(work());
  }

  async #within<T>(working: Promise<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.#overdue += 1;
      const settled = (): void => {
        this.#overdue -= 1;
      };
      working.then(settled, settled);
      const waited = `Redis did not answer within ${String(this.#mostSeconds)} s. `;
      reject(new RedisAway(`${waited}Try again; with an idempotency key that cannot make a second task.`));
    }, this.#mostSeconds * 1000);
    try {
      return await Promise.race([working, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
