import { randomUUID } from 'node:crypto';
import type { FarmStore } from './farm-store.ts';

/** One worker process, as its supervisor sees it. */
export interface PoolProcess {
  /** The name that the process gives as its pod when it registers. */
  readonly pod: string;
  readonly processId: number;
  /** Whether it has been told to stop. */
  readonly stopping: boolean;
}

/**
 * How many worker processes a pool on this machine shall have, and which there are: what a Deployment and its pods are
 * on Kubernetes. The autoscaler writes the wish, the supervisor writes what is; either may die and come back.
 */
export class ProcessPoolStore {
  readonly #store: FarmStore;

  constructor(store: FarmStore) {
    this.#store = store;
  }

  async desired(): Promise<number> {
    return (await this.wish()) ?? 0;
  }

  /** Undefined where no pool of processes has ever been asked for. */
  async wish(): Promise<number | undefined> {
    const text = await this.#store.redis.get(this.#store.key('pool-desired'));
    return text === null ? undefined : Number(text);
  }

  /**
   * Sets the wish if it is still `from`; returns false where somebody else has changed it.
   *
   * @param fence of the step that asks: one that a newer step has overtaken changes nothing
   */
  async resize(from: number, to: number, fence?: number): Promise<boolean> {
    const args = [from, to, randomUUID(), fence ?? ''];
    const [applied] = (await this.#store.run('pool-resize', args)) as [number, number];
    return applied === 1;
  }

  /** Waits until the wish changes, or the time is up. Blocks the connection: give it one of its own. */
  async waitForChange(blocking: FarmStore, waitSeconds: number): Promise<void> {
    await blocking.redis.blpop(blocking.key('pool-nudge'), waitSeconds);
  }

  /** Supervisor only: says which processes there are. Forgotten after `keepSeconds` without another word. */
  async report(processes: readonly PoolProcess[], keepSeconds: number): Promise<void> {
    const key = this.#store.key('pool-processes');
    await this.#store.redis.set(key, JSON.stringify(processes), 'PX', Math.round(keepSeconds * 1000));
  }

  /** Undefined where no supervisor has reported lately: the pool cannot be observed. */
  async processes(): Promise<readonly PoolProcess[] | undefined> {
    const text = await this.#store.redis.get(this.#store.key('pool-processes'));
    return text === null ? undefined : (JSON.parse(text) as readonly PoolProcess[]);
  }
}
