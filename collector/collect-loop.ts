import { setTimeout as delay } from 'node:timers/promises';
import type { FarmStore } from '../shared/io/redis/farm-store.ts';
import type { ResultStore } from '../shared/io/redis/result-store.ts';
import { isAborted, untilAborted } from '../shared/io/until-aborted.ts';
import type { Logger } from '../template/farm-node22/contract.ts';
import type { CollectorMetrics } from './metrics.ts';

/** Results recorded in one script. */
const COLLECTED_AT_ONCE = 100;
/** How long an empty-handed collector waits at its inbox: a lost wake-up costs no more than this. */
const WAIT_SECONDS = 1;
/** After an error that is not a lost connection: Redis out of memory, or still loading. */
const PAUSE_AFTER_ERROR_SECONDS = 1;
/** How long a stopping collector waits for Redis to hear of it; the listing ends by itself soon after. */
const LEAVE_SECONDS = 0.5;

export interface CollectLoopParts {
  readonly store: FarmStore;
  /** A connection of its own, because it blocks there. */
  readonly inbox: FarmStore;
  readonly results: ResultStore;
  readonly metrics: CollectorMetrics;
  readonly log: Logger;
  /** Unlike any other collector's. */
  readonly collectorId: string;
  readonly keepSeconds: number;
}

/**
 * Judges answered tasks and records their Results, as long as the signal allows. What a collector has not recorded is
 * still in the result queue, so it may end, or be killed, at any moment.
 */
export class CollectLoop {
  readonly #parts: CollectLoopParts;

  constructor(parts: CollectLoopParts) {
    this.#parts = parts;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { log, store, collectorId, inbox } = this.#parts;
    while (!signal.aborted) {
      try {
        await untilAborted(this.#turn(), signal);
      } catch (error) {
        if (isAborted(signal)) break;
        log.warn({ err: error }, 'collecting failed; trying again');
        await delay(PAUSE_AFTER_ERROR_SECONDS * 1000, undefined, { signal }).catch(() => undefined);
      }
    }
    inbox.redis.disconnect();
    const leaving = store.redis.zrem(store.key('collectors'), collectorId);
    await untilAborted(leaving, AbortSignal.timeout(LEAVE_SECONDS * 1000)).catch(() => undefined);
  }

  /** Records what is there, or waits until something is. */
  async #turn(): Promise<void> {
    const { results, inbox, metrics, collectorId, keepSeconds } = this.#parts;
    const options = { most: COLLECTED_AT_ONCE, keepSeconds, waitSeconds: WAIT_SECONDS };
    const collected = await results.collect(collectorId, options);
    for (const one of collected) metrics.record(one);
    if (collected.length === 0) await inbox.redis.blpop(inbox.inboxKey(collectorId), WAIT_SECONDS);
  }
}
