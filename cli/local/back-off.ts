/** A process that lived this long had started well: its end is no failed start. */
const GOOD_LIFE_SECONDS = 10;
const FIRST_WAIT_SECONDS = 0.2;
const LONGEST_WAIT_SECONDS = 10;

/** How long to wait before something that keeps ending is started again: twice as long each time, up to 10 s. */
export class BackOff {
  #failures = 0;

  /** @returns seconds to wait before the next start, after a life of so many seconds */
  afterLifeOf(seconds: number): number {
    this.#failures = seconds >= GOOD_LIFE_SECONDS ? 1 : this.#failures + 1;
    return Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (this.#failures - 1));
  }
}
