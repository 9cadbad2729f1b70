import type { Control } from '../shared/io/redis/control.ts';

/** Room is there again when this part of the waiting work has been done. */
const SHARE_TO_WORK_OFF = 0.1;
const SHORTEST_SECONDS = 1;
const LONGEST_SECONDS = 60;
const KEPT_MS = 1000;

/**
 * When whoever was refused should come again, in whole seconds.
 *
 * @param waitingWorkSeconds expected service time of all that waits
 */
export function retryAfterSeconds(waitingWorkSeconds: number, workers: number): number {
  if (workers === 0) return LONGEST_SECONDS;
  const wanted = Math.ceil((SHARE_TO_WORK_OFF * waitingWorkSeconds) / workers);
  return Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, wanted));
}

/** Knows how long a full farm will stay full; asks Redis at most once a second, because the refused are many. */
export class BackPressure {
  readonly #control: Control;
  #seconds = SHORTEST_SECONDS;
  #askedAtMs = -Infinity;

  constructor(control: Control) {
    this.#control = control;
  }

  async retryAfterSeconds(): Promise<number> {
    if (performance.now() - this.#askedAtMs < KEPT_MS) return this.#seconds;
    this.#askedAtMs = performance.now();
    const { waitingWorkSeconds, workers } = await this.#control.observe(0);
    this.#seconds = retryAfterSeconds(waitingWorkSeconds, workers.length);
    return this.#seconds;
  }
}
