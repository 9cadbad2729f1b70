import { setTimeout as delay } from 'node:timers/promises';
import type { BlobLedger } from '../shared/io/redis/blob-store.ts';
import type { FarmStore } from '../shared/io/redis/farm-store.ts';
import { isAborted, untilAborted } from '../shared/io/until-aborted.ts';
import type { Logger } from '../template/farm-node22/contract.ts';

const PERIOD_SECONDS = 1;
/** Tasks forgotten in one script. */
const EXPIRED_AT_ONCE = 100;

/**
 * Once a second does what has become due by time alone: leases and back-offs that ran out, and Results that nobody may
 * read any more. Several collectors may do so.
 */
export async function keepUp(
  store: FarmStore,
  ledger: BlobLedger,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await untilAborted(upkeep(store, ledger), signal);
      await delay(PERIOD_SECONDS * 1000, undefined, { signal });
    } catch (error) {
      if (isAborted(signal)) return;
      log.warn({ err: error }, 'the upkeep of the farm failed; trying again');
      await delay(PERIOD_SECONDS * 1000, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function upkeep(store: FarmStore, ledger: BlobLedger): Promise<void> {
  // First what frees memory: where Redis has none left, nothing else may succeed. As long as there is a backlog, so that a farm that records more than so many a second keeps up.
  while ((await ledger.expire(EXPIRED_AT_ONCE)) >= EXPIRED_AT_ONCE);
  await store.tick();
}
