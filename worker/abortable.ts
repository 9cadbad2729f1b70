import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits for a promise until the signal aborts; then resolves with nothing, and what becomes of the promise no longer
 * matters to anyone.
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      resolve(undefined);
    };
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort);
    });
  });
}

/** Waits, but no longer than until the signal aborts. */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await unlessAborted(delay(seconds * 1000, undefined, { ref: false }), signal);
}

/** A signal that aborts so many seconds after another one did. */
export function secondsAfter(signal: AbortSignal, seconds: number): AbortSignal {
  const later = new AbortController();
  const start = (): void => {
    setTimeout(() => {
      later.abort(signal.reason);
    }, seconds * 1000).unref();
  };
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  return later.signal;
}
