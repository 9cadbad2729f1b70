import type { Decision } from '../autoscaler/decision.ts';
import { duration } from './wording.ts';

/** The pool as a step of the autoscaler saw it, and as large as that step then asked for. */
export interface LastLook {
  readonly wanted: number;
  readonly present: number;
  readonly ready: number;
  /** On the farm's clock. */
  readonly atSeconds: number;
}

/** @param decisions newest first @returns undefined where none of them has seen the pool */
export function lastLook(decisions: readonly Decision[]): LastLook | undefined {
  for (const { atSeconds, pool, workers } of decisions) {
    if (atSeconds === undefined || pool === undefined) continue;
    const { desired, present, ready } = pool;
    return { wanted: workers ?? desired, present, ready, atSeconds };
  }
  return undefined;
}

/** How many workers there are, of how many; and what the platform says of them, as far as the autoscaler has asked. */
export function poolText(
  registered: number,
  { desiredWorkers, pool }: { readonly desiredWorkers?: number; readonly pool?: LastLook },
  nowSeconds: number,
): string {
  const wanted = desiredWorkers === undefined ? '' : ` of ${desiredWorkers} wanted`;
  const workers = `Workers: ${registered}${wanted}`;
  if (pool === undefined) return workers;
  const ago = duration(Math.max(0, nowSeconds - pool.atSeconds));
  return `${workers}; ${pool.ready} of ${pool.present} ready as the autoscaler saw the pool ${ago} ago`;
}
