import type { WaitingLine } from '../farm/dispatch-order.ts';
import type { TaskTable } from './task-table.ts';

/**
 * The waiting tasks of a simulated farm, by index into its table: in order of latest start, or of generation where the
 * farm serves first come, first served.
 */
export class SimulatedLine implements WaitingLine {
  readonly #tasks: TaskTable;
  readonly #byGeneration: boolean;
  #order: number[] = [];
  /** Entries before this one have been taken: taking the first one moves nothing. */
  #head = 0;
  #workSeconds = 0;

  constructor(tasks: TaskTable, byGeneration: boolean) {
    this.#tasks = tasks;
    this.#byGeneration = byGeneration;
  }

  get length(): number {
    return this.#order.length - this.#head;
  }

  /** Expected service time of all waiting tasks together. */
  get workSeconds(): number {
    return this.length === 0 ? 0 : this.#workSeconds;
  }

  /** Tasks come in order of generation. */
  add(task: number): void {
    this.#workSeconds += this.#tasks.expectedServiceSeconds[task] ?? 0;
    if (this.#byGeneration || this.length === 0) {
      this.#order.push(task);
      return;
    }
    const latestStart = this.#tasks.latestStartSeconds[task] ?? 0;
    const last = this.#order[this.#order.length - 1] ?? 0;
    if ((this.#tasks.latestStartSeconds[last] ?? 0) <= latestStart) this.#order.push(task);
    else this.#order.splice(this.#head + this.#firstAfter(latestStart), 0, task);
  }

  /** Takes the task at a position out of the line. */
  take(position: number): number {
    const at = this.#head + position;
    const task = this.#order[at];
    if (task === undefined) throw new RangeError(`Nothing waits at position ${String(position)}.`);
    this.#workSeconds -= this.#tasks.expectedServiceSeconds[task] ?? 0;
    if (position > 0) {
      this.#order.splice(at, 1);
      return task;
    }
    this.#head += 1;
    if (this.#head > 64 && this.#head * 2 > this.#order.length) {
      this.#order = this.#order.slice(this.#head);
      this.#head = 0;
    }
    return task;
  }

  latestStartSeconds(position: number): number {
    return this.#tasks.latestStartSeconds[this.#order[this.#head + position] ?? -1] ?? 0;
  }

  expectedServiceSeconds(position: number): number {
    return this.#tasks.expectedServiceSeconds[this.#order[this.#head + position] ?? -1] ?? 0;
  }

  oldest(): number | undefined {
    if (this.length === 0) return undefined;
    if (this.#byGeneration) return 0;
    let oldest = this.#head;
    for (let at = this.#head + 1; at < this.#order.length; at += 1) {
      if ((this.#order[at] ?? 0) < (this.#order[oldest] ?? 0)) oldest = at;
    }
    return oldest - this.#head;
  }

  firstFrom(seconds: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.latestStartSeconds(middle) < seconds) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** How many waiting tasks can no longer make it, and the least slack of the others (undefined without any). */
  slackAt(nowSeconds: number): { readonly lost: number; readonly leastSlackSeconds: number | undefined } {
    let lost = 0;
    let least = Infinity;
    for (let position = 0; position < this.length; position += 1) {
      const slack = this.latestStartSeconds(position) - nowSeconds;
      if (slack < 0) lost += 1;
      else if (slack < least) least = slack;
    }
    return { lost, leastSlackSeconds: least === Infinity ? undefined : least };
  }

  #firstAfter(latestStart: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.latestStartSeconds(middle) <= latestStart) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
