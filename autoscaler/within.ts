import { setTimeout as delay } from 'node:timers/promises';

/** What a promise comes to, or undefined where that takes longer than so many seconds; it then goes on unheeded. */
export async function within<Value>(promise: Promise<Value>, seconds: number): Promise<Value | undefined> {
  const over = new AbortController();
  const timeUp = delay(seconds * 1000, undefined, { signal: over.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, timeUp]);
  } finally {
    over.abort();
    promise.catch(() => undefined);
  }
}
