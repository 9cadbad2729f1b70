/**
 * Waits for something that may never come, such as the answer of a Redis that is away, but no longer than the signal
 * allows. Rejects with the signal's reason; what was waited for goes on unheeded.
 */
export async function untilAborted<T>(waited: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => {
    reject(signal.reason as Error);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([waited, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** `signal.aborted`, for a loop that looks twice: the compiler takes the first look for the last word. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
