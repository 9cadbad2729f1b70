import { imbalances } from '../../farm/accounts.ts';
import { dropped } from '../../farm/counters.ts';
import { Control } from './control.ts';
import type { FarmStore } from './farm-store.ts';

/** Whether every task is accounted for, from the keys themselves. */
export interface Audit {
  /** Admitted − Results − cancelled − held; must be 0. */
  readonly dropped: number;
  /** Results beyond one per task and generation; must be 0. */
  readonly duplicated: number;
  /** One sentence for each thing that does not add up. */
  readonly complaints: readonly string[];
}

/**
 * The invariant checker: compares the counters with each other and with the keys, task by task.
 * Reads every task of the farm; nothing may move meanwhile, or a difference means only that.
 */
export async function audit(store: FarmStore): Promise<Audit> {
  const { counters, held, duplicated } = await new Control(store).observe(0);
  const ids = await taskIds(store);
  const complaints = imbalances(counters, held).map(
    ({ account, left, right }) => `${account}: ${String(left)} against ${String(right)}`,
  );
  for (let at = 0; at < ids.length; at += 1000) {
    complaints.push(...((await store.run('audit', ids.slice(at, at + 1000))) as readonly string[]));
  }
  return { dropped: dropped(counters, held), duplicated, complaints };
}

async function taskIds(store: FarmStore): Promise<string[]> {
  const prefix = store.key('task:');
  const pattern = `${prefix.replaceAll(/[[\]?*\\]/g, '\\$&')}*`;
  const ids: string[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await store.redis.scan(cursor, 'MATCH', pattern, 'COUNT', 1000);
    ids.push(...keys.map((key) => key.slice(prefix.length)));
    cursor = next;
  } while (cursor !== '0');
  return [...new Set(ids)];
}
