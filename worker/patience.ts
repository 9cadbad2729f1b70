import { pause, unlessAborted } from './abortable.ts';

/** Between two tries of what Redis refuses for now: it is full, say, or its disk is. */
const RETRY_SECONDS = 1;

/** What Redis refuses until somebody does something about it (a password, a right) is tried ever more seldom. */
const RETRY_MOST_SECONDS = 30;

/** What Redis says where the same command may be accepted later. */
const FOR_NOW = /^(OOM|LOADING|READONLY|MISCONF|CLUSTERDOWN|TRYAGAIN|MASTERDOWN|NOREPLICAS|BUSY)\b/;

export interface Patience {
  readonly signal: AbortSignal;
  /** Told about each refusal, and when the next try is. */
  readonly onRefusal: (error: unknown, retrySeconds: number) => void;
}

/** Whether a refusal has to do with the state of Redis, and not with what was asked. */
export function isRefusedForNow(error: unknown): boolean {
  return error instanceof Error && FOR_NOW.test(error.message);
}

/**
 * Repeats a step until it succeeds; nothing when the signal aborts. What is refused for now is repeated once a second,
 * anything else after twice as long each time. A Redis that is away refuses nothing: the step just takes longer.
 *
 * @param repeats which errors are worth another try; the others are thrown
 */
export async function patiently<T>(
  step: () => Promise<T>,
  { signal, onRefusal }: Patience,
  repeats: (error: unknown) => boolean = () => true,
): Promise<T | undefined> {
  let retrySeconds = RETRY_SECONDS;
  while (!signal.aborted) {
    try {
      return await unlessAborted(step(), signal);
    } catch (error) {
      if (!repeats(error)) throw error;
      if (isRefusedForNow(error)) retrySeconds = RETRY_SECONDS;
      onRefusal(error, retrySeconds);
      await pause(retrySeconds, signal);
      retrySeconds = Math.min(RETRY_MOST_SECONDS, retrySeconds * 2);
    }
  }
  return undefined;
}
