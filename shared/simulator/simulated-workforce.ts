import type { Workforce } from '../farm/snapshot.ts';

/** A simulated worker. */
export interface SimulatedWorker {
  state: 'starting' | 'idle' | 'busy' | 'draining' | 'gone';
  /** Index of its task; −1 without one. */
  task: number;
  /** By the expected service time. */
  expectedFinishSeconds: number;
  readonly startedAtSeconds: number;
}

/** The workers of a simulated farm, and what they have cost. */
export class SimulatedWorkforce {
  /** Of the workers that are gone, from their start to their end. */
  endedSeconds = 0;
  readonly #workers: SimulatedWorker[] = [];
  #idle: number[] = [];
  #present: number[] = [];

  /** Workers that serve or will: draining ones left out. */
  get commanded(): number {
    let count = 0;
    for (const id of this.#present) if (this.#at(id).state !== 'draining') count += 1;
    return count;
  }

  get hasIdle(): boolean {
    return this.#idle.length > 0;
  }

  /** @returns the new worker's number */
  start(nowSeconds: number): number {
    const id = this.#workers.length;
    this.#workers.push({
      state: 'starting',
      task: -1,
      expectedFinishSeconds: 0,
      startedAtSeconds: nowSeconds,
    });
    this.#present.push(id);
    return id;
  }

  /** The worker that has been idle for the shortest time. */
  takeIdle(): number | undefined {
    return this.#idle.pop();
  }

  /** Without a task from now on. False where it was removed while it started. */
  becomeIdle(id: number): boolean {
    const worker = this.#at(id);
    if (worker.state === 'gone') return false;
    worker.state = 'idle';
    worker.task = -1;
    this.#idle.push(id);
    return true;
  }

  begin(id: number, task: number, expectedFinishSeconds: number): void {
    const worker = this.#at(id);
    worker.state = 'busy';
    worker.task = task;
    worker.expectedFinishSeconds = expectedFinishSeconds;
  }

  /**
   * The worker has finished its task.
   *
   * @returns the task, and whether the worker goes on serving
   */
  finish(id: number, nowSeconds: number): { readonly task: number; readonly serves: boolean } {
    const worker = this.#at(id);
    const { task } = worker;
    worker.task = -1;
    const serves = worker.state === 'busy';
    if (!serves) this.#remove(id, nowSeconds);
    return { task, serves };
  }

  /** Expected finish times of the busy workers that go on serving, earliest first. */
  expectedFinishes(): number[] {
    const finishes: number[] = [];
    for (const id of this.#present) {
      const worker = this.#at(id);
      if (worker.state === 'busy') finishes.push(worker.expectedFinishSeconds);
    }
    return finishes.sort((a, b) => a - b);
  }

  /** Takes back up to `count` draining workers. @returns how many */
  takeBack(count: number): number {
    let taken = 0;
    for (const id of this.#present) {
      if (taken === count) break;
      const worker = this.#at(id);
      if (worker.state !== 'draining') continue;
      worker.state = 'busy';
      taken += 1;
    }
    return taken;
  }

  /**
   * Retires `count` workers: those that are still starting first, then idle ones, then those that should finish
   * soonest. Idle and starting ones are gone at once, busy ones after their task.
   */
  retire(count: number, nowSeconds: number): void {
    const order = this.#present
      .filter((id) => this.#at(id).state !== 'draining')
      .sort((a, b) => this.#retirement(a) - this.#retirement(b) || b - a);
    for (const id of order.slice(0, count)) {
      if (this.#at(id).state === 'busy') this.#at(id).state = 'draining';
      else this.#remove(id, nowSeconds);
    }
  }

  counts(): Workforce {
    const counts = { starting: 0, idle: 0, busy: 0, draining: 0, drained: 0 };
    for (const id of this.#present) {
      const { state } = this.#at(id);
      if (state !== 'gone') counts[state] += 1;
    }
    return counts;
  }

  /** Tasks in hand. */
  tasks(): number[] {
    return this.#present.map((id) => this.#at(id).task).filter((task) => task >= 0);
  }

  /** What has to be paid for so far: from a worker's start to its end. */
  workerSeconds(nowSeconds: number): number {
    let sum = this.endedSeconds;
    for (const id of this.#present) sum += nowSeconds - this.#at(id).startedAtSeconds;
    return sum;
  }

  #retirement(id: number): number {
    const worker = this.#at(id);
    if (worker.state === 'starting') return -2;
    return worker.state === 'idle' ? -1 : worker.expectedFinishSeconds;
  }

  #remove(id: number, nowSeconds: number): void {
    const worker = this.#at(id);
    worker.state = 'gone';
    this.endedSeconds += nowSeconds - worker.startedAtSeconds;
    this.#idle = this.#idle.filter((each) => each !== id);
    this.#present = this.#present.filter((each) => each !== id);
  }

  #at(id: number): SimulatedWorker {
    const worker = this.#workers[id];
    if (worker === undefined) throw new RangeError(`There is no worker ${String(id)}.`);
    return worker;
  }
}
