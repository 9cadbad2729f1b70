import type { Workforce } from '../farm/snapshot.ts';

/** A simulated worker. */
interface SimulatedWorker {
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
  readonly #idle: number[] = [];
  readonly #present: number[] = [];
  #draining = 0;
  /** Busy workers that go on serving. */
  #busy = 0;
  readonly #foresees: boolean;
  /** When they should be free, earliest first. Kept in order: a dispatch that looks ahead asks at every claim. */
  readonly #finishes: number[] = [];

  /** @param foresees whether anybody will ask for the expected finishes */
  constructor(foresees: boolean) {
    this.#foresees = foresees;
  }

  /** Workers that serve or will: draining ones left out. */
  get commanded(): number {
    return this.#present.length - this.#draining;
  }

  get hasIdle(): boolean {
    return this.#idle.length > 0;
  }

  /** Tasks in hand. */
  get taskCount(): number {
    return this.#busy + this.#draining;
  }

  /** Expected finish times of the busy workers that go on serving, earliest first; valid until anything happens. Empty where nobody was to ask. */
  get expectedFinishes(): readonly number[] {
    return this.#finishes;
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

  /** False for a worker that was removed while it started. */
  isPresent(id: number): boolean {
    return this.#at(id).state !== 'gone';
  }

  /** Without a task from now on. */
  becomeIdle(id: number): void {
    const worker = this.#at(id);
    worker.state = 'idle';
    worker.task = -1;
    this.#idle.push(id);
  }

  begin(id: number, task: number, expectedFinishSeconds: number): void {
    const worker = this.#at(id);
    worker.state = 'busy';
    worker.task = task;
    worker.expectedFinishSeconds = expectedFinishSeconds;
    this.#addFinish(worker);
  }

  /** The task in a worker's hands; −1 without one. */
  taskOf(id: number): number {
    return this.#at(id).task;
  }

  /** The worker has finished its task. @returns whether it goes on serving */
  finish(id: number, nowSeconds: number): boolean {
    const worker = this.#at(id);
    worker.task = -1;
    if (worker.state === 'busy') {
      this.#forgetFinish(worker);
      return true;
    }
    this.#draining -= 1;
    this.#remove(id, nowSeconds);
    return false;
  }

  /** Takes back up to `count` draining workers. @returns how many */
  takeBack(count: number): number {
    let taken = 0;
    if (this.#draining === 0) return taken;
    for (const id of this.#present) {
      if (taken === count) break;
      const worker = this.#at(id);
      if (worker.state !== 'draining') continue;
      worker.state = 'busy';
      this.#addFinish(worker);
      this.#draining -= 1;
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
      const worker = this.#at(id);
      if (worker.state === 'busy') {
        worker.state = 'draining';
        this.#forgetFinish(worker);
        this.#draining += 1;
      } else this.#remove(id, nowSeconds);
    }
  }

  counts(): Workforce {
    const [idle, busy, draining] = [this.#idle.length, this.#busy, this.#draining];
    return { starting: this.#present.length - idle - busy - draining, idle, busy, draining, drained: 0 };
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

  #addFinish({ expectedFinishSeconds }: SimulatedWorker): void {
    this.#busy += 1;
    if (this.#foresees) insertAscending(this.#finishes, expectedFinishSeconds);
  }

  #forgetFinish({ expectedFinishSeconds }: SimulatedWorker): void {
    this.#busy -= 1;
    if (this.#foresees) removeAscending(this.#finishes, expectedFinishSeconds);
  }

  #remove(id: number, nowSeconds: number): void {
    const worker = this.#at(id);
    worker.state = 'gone';
    this.endedSeconds += nowSeconds - worker.startedAtSeconds;
    takeOut(this.#idle, id);
    takeOut(this.#present, id);
  }

  #at(id: number): SimulatedWorker {
    const worker = this.#workers[id];
    if (worker === undefined) throw new RangeError(`There is no worker ${String(id)}.`);
    return worker;
  }
}

/** Puts a number where it belongs in an ascending list; most belong near the end. */
function insertAscending(ascending: number[], value: number): void {
  let at = ascending.length;
  ascending.push(value);
  for (; at > 0 && (ascending[at - 1] ?? 0) > value; at -= 1) ascending[at] = ascending[at - 1] ?? 0;
  ascending[at] = value;
}

/** Takes a number out of an ascending list that holds it. By hand: `splice` makes a new list. */
function removeAscending(ascending: number[], value: number): void {
  let at = 0;
  while ((ascending[at] ?? value) < value) at += 1;
  closeGap(ascending, at);
}

function takeOut(list: number[], value: number): void {
  const at = list.indexOf(value);
  if (at >= 0) closeGap(list, at);
}

function closeGap(list: number[], gap: number): void {
  for (let at = gap + 1; at < list.length; at += 1) list[at - 1] = list[at] ?? 0;
  list.pop();
}
