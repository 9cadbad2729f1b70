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

  /** What the last step left (absent where there was none), and whether steps are to change nothing for now. */
  async before(): Promise<{ readonly memory?: Memory; readonly isPaused: boolean }> {
    const keys = [this.#store.key('step-memory'), this.#store.key('paused')];
    const [text, paused] = await this.#store.redis.mget(keys);
    const isPaused = typeof paused === 'string';
    return typeof text === 'string' ? { memory: JSON.parse(text) as Memory, isPaused } : { isPaused };
  }

  /** Holds for every autoscaler of the farm, and until somebody takes it back. */
  async setPaused(isPaused: boolean): Promise<void> {
    const key = this.#store.key('paused');
    if (isPaused) await this.#store.redis.set(key, '1');
    else await this.#store.redis.del(key);
  }
}
