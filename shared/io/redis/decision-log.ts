import type { FarmStore } from './farm-store.ts';

/** How many decision records a farm keeps. */
const KEPT = 1000;

/** What the steps of an autoscaler leave for those that follow, and for whoever asks why it scaled. */
export class DecisionLog<Decision, Memory> {
  readonly #store: FarmStore;

  constructor(store: FarmStore) {
    this.#store = store;
  }

  /**
   * Appends a record and keeps what the next step needs to know, together.
   *
   * @returns false where a newer step has done so already: this one's look is too old to take rates from
   */
  async append(fence: number, decision: Decision, memory: Memory): Promise<boolean> {
    const args = [fence, JSON.stringify(decision), JSON.stringify(memory), KEPT];
    return (await this.#store.run('append-decision', args)) === 1;
  }

  /** Newest first. */
  async latest(count: number): Promise<readonly Decision[]> {
    const lines = await this.#store.redis.lrange(this.#store.key('decisions'), 0, count - 1);
    return lines.map((line) => JSON.parse(line) as Decision);
  }

  /** What the last step left; undefined where there was none. */
  async memory(): Promise<Memory | undefined> {
    const text = await this.#store.redis.get(this.#store.key('step-memory'));
    return text === null ? undefined : (JSON.parse(text) as Memory);
  }
}
