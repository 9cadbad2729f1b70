import { pause, unlessAborted } from './abortable.ts';

/** Between two tries of what Redis refuses: it is full, say, or its disk is. */
const RETRY_SECONDS = 1;

/** What Redis says where the same command may be accepted later. */
const FOR_NOW = /^(OOM|LOADING|READONLY|MISCONF|CLUSTERDOWN|TRYAGAIN|MASTERDOWN|NOREPLICAS|BUSY)\b/;

export interface Patience {
  readonly signal: AbortSignal;
  /** Told about each refusal. */
  readonly onRefusal: (error: unknown) => void;
}

/** Whether a refusal has to do with the state of Redis, and not with what was asked. */
export function isRefusedForNow(error: unknown): boolean {
  return error instanceof Error && FOR_NOW.test(error.message);
}

/**
 * Repeats a step once a second until it succeeds; nothing when the signal aborts. A Redis that is away refuses
 * nothing: the step just takes longer.
 *
 * @param repeats which errors are worth another try; the others are thrown
 */
export async function patiently<T>(
  step: () => Promise<T>,
  { signal, onRefusal }: Patience,
  repeats: (error: unknown) => boolean = () => true,
): Promise<T | undefined> {
  while (!signal.aborted) {
    try {
      return await unlessAborted(step(), signal);
    } catch (error) {
      if (!repeats(error)) throw error;
      onRefusal(error);
      await pause(RETRY_SECONDS, signal);
    }
  }
  return undefined;
}
