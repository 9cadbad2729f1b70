import type { TaskTable } from './task-table.ts';

/** What a simulated collector has recorded. */
export class CollectedTasks {
  met = 0;
  responseSecondsSum = 0;
  serviceSecondsSum = 0;
  readonly #tasks: TaskTable;
  /** By task; NaN while it is not collected. */
  readonly #atSeconds: Float64Array;
  /** Tasks in order of collection: the first `count` are collected. */
  readonly #order: Int32Array;
  #count = 0;
  /** Tasks before this one are all collected. */
  #open = 0;

  /** @param order tasks in the order in which they will be collected; written as they finish */
  constructor(tasks: TaskTable, order: Int32Array) {
    this.#tasks = tasks;
    this.#order = order;
    this.#atSeconds = new Float64Array(tasks.count).fill(Number.NaN);
  }

  get count(): number {
    return this.#count;
  }

  /** Records the next task in order. */
  addNext(atSeconds: number): void {
    const task = this.#order[this.#count] ?? 0;
    this.#count += 1;
    this.#atSeconds[task] = atSeconds;
    this.responseSecondsSum += atSeconds - (this.#tasks.generatedAtSeconds[task] ?? 0);
    this.serviceSecondsSum += this.#tasks.serviceSeconds[task] ?? 0;
    if (this.hasMet(task)) this.met += 1;
  }

  isCollected(task: number): boolean {
    return !Number.isNaN(this.#atSeconds[task] ?? Number.NaN);
  }

  hasMet(task: number): boolean {
    // A billionth of a second of grace: sums of floating-point times, not lateness.
    return (this.#atSeconds[task] ?? Infinity) <= (this.#tasks.deadlineAtSeconds[task] ?? 0) + 1e-9;
  }

  /** How late a task was collected; 0 in time, undefined while it is not collected. */
  tardinessSeconds(task: number): number | undefined {
    const at = this.#atSeconds[task] ?? Number.NaN;
    return Number.isNaN(at) ? undefined : Math.max(0, at - (this.#tasks.deadlineAtSeconds[task] ?? 0));
  }

  /** Longest response among those collected after a moment; undefined where there are none. */
  maxResponseSince(seconds: number): number | undefined {
    let longest: number | undefined;
    for (let at = this.#count - 1; at >= 0; at -= 1) {
      const task = this.#order[at] ?? 0;
      const collectedAt = this.#atSeconds[task] ?? 0;
      if (collectedAt <= seconds) break;
      const response = collectedAt - (this.#tasks.generatedAtSeconds[task] ?? 0);
      if (longest === undefined || response > longest) longest = response;
    }
    return longest;
  }

  /** Of the first `admitted` tasks, those that are not collected although their deadline has passed. */
  overdueOf(admitted: number, nowSeconds: number): number {
    while (this.#open < admitted && this.isCollected(this.#open)) this.#open += 1;
    let overdue = 0;
    for (let task = this.#open; task < admitted; task += 1) {
      const isOverdue = (this.#tasks.deadlineAtSeconds[task] ?? 0) < nowSeconds;
      if (isOverdue && !this.isCollected(task)) overdue += 1;
    }
    return overdue;
  }
}
