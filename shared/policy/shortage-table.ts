/** √load is never below the square root of this: a single task is a load of its own. */
export const LEAST_LOAD = 0.5;

/** The unit in which loads scatter, and safety is measured. */
export function root(load: number): number {
  return Math.sqrt(Math.max(load, LEAST_LOAD));
}

/** How a shortage is priced. */
export interface ShortagePrices {
  /** How gradually a shortage of safety begins to cost, in √load. Above 0. */
  readonly softness: number;
  /** What one worker, missing for a step, costs; in worker-steps. */
  readonly shortagePrice: number;
  /** From the decision to start a worker until it serves. */
  readonly startSeconds: number;
}

/** Pool sizes for which a table holds. */
export interface TableRange {
  readonly lowest: number;
  readonly size: number;
}

/**
 * What a shortage costs in one step, by the workers who serve: in the part of it before those serve that are started
 * at its beginning, and in the rest. Each part of the step is priced by its own load, because a task can wait for a
 * second or two only: a peak of three seconds is missed by a pool that suits the mean of the step.
 */
export class ShortageTable {
  readonly #lowest: number;
  readonly #early: Float64Array;
  readonly #late: Float64Array;

  constructor(range: TableRange) {
    this.#lowest = range.lowest;
    this.#early = new Float64Array(range.size);
    this.#late = new Float64Array(range.size);
  }

  /** Prices every part of a step, all of equal length. */
  price(loads: readonly number[], safety: number, stepSeconds: number, prices: ShortagePrices): void {
    const partSeconds = stepSeconds / loads.length;
    for (let part = 0; part < loads.length; part += 1) {
      const load = loads[part] ?? 0;
      const roundness = prices.softness * root(load);
      const before = (prices.startSeconds - part * partSeconds) / partSeconds;
      const earlyShare = before <= 0 ? 0 : Math.min(1, before);
      this.#add({
        wanted: load + safety * root(load),
        roundness,
        price: (prices.shortagePrice * roundness) / loads.length,
        earlyShare,
      });
    }
  }

  /** @param early workers who serve before those do that are started now; `late` all of them */
  cost(early: number, late: number): number {
    return read(this.#early, early - this.#lowest) + read(this.#late, late - this.#lowest);
  }

  #add({ wanted, roundness, price, earlyShare }: Part): void {
    for (let at = 0; at < this.#early.length; at += 1) {
      const hinge = smoothHinge((wanted - this.#lowest - at) / roundness);
      if (hinge === 0) return;
      this.#early[at] = (this.#early[at] ?? 0) + price * earlyShare * hinge;
      this.#late[at] = (this.#late[at] ?? 0) + price * (1 - earlyShare) * hinge;
    }
  }
}

interface Part {
  /** Load and safety. */
  readonly wanted: number;
  /** How far around what is wanted a shortage is rounded off. */
  readonly roundness: number;
  readonly price: number;
  /** How much of this part is over before new workers serve. */
  readonly earlyShare: number;
}

/** Between whole workers, and beyond the table, on a straight line. */
function read(table: Float64Array, at: number): number {
  const low = Math.min(table.length - 2, Math.max(0, Math.floor(at)));
  const first = table[low] ?? 0;
  return first + (at - low) * ((table[low + 1] ?? 0) - first);
}

/** max(0, x), rounded off between −1 and 1. */
function smoothHinge(x: number): number {
  if (x >= 1) return x;
  return x <= -1 ? 0 : ((x + 1) * (x + 1)) / 4;
}
