import { heldTotal, resultsTotal } from './counters.ts';
import type { Counters, Held } from './counters.ts';

/** One way in which the books of a farm do not add up. */
export interface Imbalance {
  readonly account: string;
  readonly left: number;
  readonly right: number;
}

/**
 * The identities that hold between the counters and what the farm holds, whatever was killed, and when.
 * An empty list means that every task is accounted for.
 */
export function imbalances(counters: Counters, held: Held): readonly Imbalance[] {
  const c = counters;
  const accounts: readonly Imbalance[] = [
    {
      account: 'admitted + requeued = Results + cancelled + held',
      left: c.admitted + c.requeued,
      right: resultsTotal(c) + c.cancelled + heldTotal(held),
    },
    {
      account: 'enqueued = claimed + withdrawn + waiting',
      left: c.enqueued,
      right: c.claimed + c.withdrawn + held.waiting,
    },
    {
      account: 'claimed = answered + handed back + failed attempts + superseded + leased',
      left: c.claimed,
      right: c.answered + c.handedBack + c.attemptsFailed + c.superseded + held.leased,
    },
    {
      account: 'Results = met + missed + invalid',
      left: resultsTotal(c),
      right: c.met + c.missed + c.invalid,
    },
  ];
  return accounts.filter(({ left, right }) => left !== right);
}
