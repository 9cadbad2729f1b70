import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  readonly seconds: number;
  readonly pollMilliseconds?: number;
  readonly signal?: AbortSignal;
}

/** What was waited for has not come. */
export class NotInTime extends Error {
  override readonly name = 'NotInTime';
}

/** A reason to wait no longer: asking again will not help. */
export class FinalFailure extends Error {}

/**
 * Asks again and again until there is an answer; an attempt that throws counts as no answer. For what can only be
 * asked: other people's programs, and conditions of a whole farm.
 * @throws {NotInTime} with the last reason
 */
export async function waitUntil<T>(
  what: string,
  attempt: () => Promise<T | undefined | false>,
  { seconds, pollMilliseconds = 100, signal }: WaitOptions,
): Promise<T> {
  const giveUpAt = performance.now() + seconds * 1000;
  let reason = '';
  for (;;) {
    signal?.throwIfAborted();
    try {
      const answer = await attempt();
      if (answer !== undefined && answer !== false) return answer;
      reason = '';
    } catch (error) {
      if (error instanceof FinalFailure) throw error;
      reason = error instanceof Error ? `: ${error.message}` : '';
    }
    if (performance.now() > giveUpAt) throw new NotInTime(`${what}: not within ${seconds} s${reason}`);
    // An interrupted pause ends early; what the interruption was for is thrown above.
    await delay(pollMilliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}
