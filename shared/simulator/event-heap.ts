/**
 * Events in order of (time, priority, sequence): equal times go by priority, equal priorities in the order in which
 * they were put in, so that a run is the same every time. A binary heap over typed arrays.
 */
export class EventHeap {
  /** Entries, a vacant root included. */
  #length = 0;
  #sequence = 0;
  /** The root has been taken, and nothing put in its place yet: most events are followed by another of their kind. */
  #isRootVacant = false;
  /** The first is Infinity where there is no event. */
  #seconds: Float64Array;
  /** Priority and sequence in one number. */
  #rank: Float64Array;
  #payload: Int32Array;

  /** @param capacity grows by itself */
  constructor(capacity = 128) {
    this.#seconds = new Float64Array(capacity);
    this.#seconds[0] = Infinity;
    this.#rank = new Float64Array(capacity);
    this.#payload = new Int32Array(capacity);
  }

  get length(): number {
    return this.#isRootVacant ? this.#length - 1 : this.#length;
  }

  /** When the next event of a settled heap is; Infinity where there is none. So small that asking costs nothing. */
  get nextSeconds(): number {
    return this.#seconds[0] ?? Infinity;
  }

  /** To be called after `pop`, and whatever followed from that event, before the next one is asked for. */
  settle(): void {
    if (this.#isRootVacant) this.#fillRoot();
  }

  /** @param priority whole number from 0; lower goes first */
  push(seconds: number, priority: number, payload: number): void {
    if (!Number.isFinite(seconds)) throw new RangeError(`An event needs a time, not ${String(seconds)}.`);
    const rank = priority * 2 ** 40 + this.#sequence;
    this.#sequence += 1;
    if (this.#isRootVacant) {
      this.#isRootVacant = false;
      this.#sink(seconds, rank, payload);
      return;
    }
    if (this.#length === this.#seconds.length) this.#grow();
    let at = this.#length;
    this.#length += 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(seconds, rank, parent)) break;
      this.#copy(parent, at);
      at = parent;
    }
    this.#set(at, seconds, rank, payload);
  }

  /** Takes the next event out and returns its payload; undefined where there is none. */
  pop(): number | undefined {
    if (this.#isRootVacant) this.#fillRoot();
    if (this.#length === 0) return undefined;
    this.#isRootVacant = true;
    return this.#payload[0];
  }

  #fillRoot(): void {
    this.#isRootVacant = false;
    this.#length -= 1;
    const last = this.#length;
    if (last > 0) this.#sink(this.#seconds[last] ?? 0, this.#rank[last] ?? 0, this.#payload[last] ?? 0);
    else this.#seconds[0] = Infinity;
  }

  #sink(seconds: number, rank: number, payload: number): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#length) break;
      const right = child + 1;
      if (right < this.#length && this.#isBefore(this.#seconds[right] ?? 0, this.#rank[right] ?? 0, child)) {
        child = right;
      }
      if (this.#isBefore(seconds, rank, child)) break;
      this.#copy(child, at);
      at = child;
    }
    this.#set(at, seconds, rank, payload);
  }

  #isBefore(seconds: number, rank: number, at: number): boolean {
    const other = this.#seconds[at] ?? 0;
    return seconds < other || (seconds === other && rank < (this.#rank[at] ?? 0));
  }

  #copy(from: number, to: number): void {
    this.#set(to, this.#seconds[from] ?? 0, this.#rank[from] ?? 0, this.#payload[from] ?? 0);
  }

  #set(at: number, seconds: number, rank: number, payload: number): void {
    this.#seconds[at] = seconds;
    this.#rank[at] = rank;
    this.#payload[at] = payload;
  }

  #grow(): void {
    const capacity = 2 * this.#seconds.length;
    const [seconds, rank, payload] = [this.#seconds, this.#rank, this.#payload];
    this.#seconds = new Float64Array(capacity);
    this.#rank = new Float64Array(capacity);
    this.#payload = new Int32Array(capacity);
    this.#seconds.set(seconds);
    this.#rank.set(rank);
    this.#payload.set(payload);
  }
}
