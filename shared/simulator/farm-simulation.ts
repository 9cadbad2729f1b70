import type { Counters, Held } from '../farm/counters.ts';
import { choosePosition } from '../farm/dispatch-order.ts';
import type { DispatchMoment, DispatchRule } from '../farm/dispatch-order.ts';
import type { ScaleOutcome } from '../farm/farm-port.ts';
import type { FarmSnapshot } from '../farm/snapshot.ts';
import { CollectedTasks } from './collected-tasks.ts';
import { EventHeap } from './event-heap.ts';
import { SimulatedLine } from './simulated-line.ts';
import { SimulatedWorkforce } from './simulated-workforce.ts';
import type { TaskTable } from './task-table.ts';

export interface SimulationSettings {
  readonly dispatch: DispatchRule;
  /** From generation until a worker can have the task; it occupies nobody. */
  readonly pickUpSeconds: number;
  /** From the end of the work until the Result is recorded; it occupies nobody. */
  readonly collectSeconds: number;
  /** From the decision to start a worker until it serves. */
  readonly startDelaySeconds: number;
  readonly initialWorkers: number;
}

/** Kinds of events, also their order at equal times: who finishes may take what arrives at the same moment. */
const FINISH = 0;
const READY = 1;

/** Places in the clock. The next arrival is when the next task can be served; Infinity after the last. */
const NOW = 0;
const NEXT_ARRIVAL = 1;

/**
 * A farm in virtual time: the tasks of one episode, a pool of workers, and the dispatch of the live farm. Time passes
 * by `advanceTo` alone; nothing is drawn by chance here, all of it lies in the task table.
 */
export class FarmSimulation implements DispatchMoment {
  readonly tasks: TaskTable;
  readonly workers: SimulatedWorkforce;
  readonly collected: CollectedTasks;
  readonly #settings: SimulationSettings;
  readonly #line: SimulatedLine;
  readonly #events = new EventHeap();
  /** Written at every event: in an array, because a field would make a new object of each number. */
  readonly #clock = new Float64Array(2);
  /** Tasks before this one have been generated. */
  #admitted = 0;
  #admittedWorkSeconds = 0;
  /** Tasks before this one can be served, or have been. */
  #available = 0;
  #claims = 0;
  /** Finished tasks in order of finishing, which is that of collecting. */
  readonly #finished: Int32Array;
  readonly #finishedAtSeconds: Float64Array;
  #finishedCount = 0;

  constructor(tasks: TaskTable, settings: SimulationSettings) {
    this.tasks = tasks;
    this.#settings = settings;
    this.#finished = new Int32Array(tasks.count);
    this.#finishedAtSeconds = new Float64Array(tasks.count);
    this.collected = new CollectedTasks(tasks, this.#finished);
    this.#line = new SimulatedLine(tasks, settings.dispatch.order === 'fifo');
    this.workers = new SimulatedWorkforce(settings.dispatch.order === 'triage');
    this.#clock[NEXT_ARRIVAL] = this.#arrivalSeconds();
    for (let count = 0; count < settings.initialWorkers; count += 1) {
      this.workers.becomeIdle(this.workers.start(0));
    }
  }

  get nowSeconds(): number {
    return this.#clock[NOW] ?? 0;
  }

  get claimNumber(): number {
    return this.#claims;
  }

  /** Only `triage` asks for it. */
  get othersFreeAtSeconds(): readonly number[] {
    return this.workers.expectedFinishes;
  }

  get isDone(): boolean {
    return this.collected.count === this.tasks.count;
  }

  /** Lets time pass, and everything happen that falls into it, `seconds` itself included. */
  advanceTo(seconds: number): void {
    const [events, clock] = [this.#events, this.#clock];
    for (;;) {
      const event = events.nextSeconds;
      const arrival = clock[NEXT_ARRIVAL] ?? Infinity;
      if (event <= arrival) {
        if (event > seconds) break;
        clock[NOW] = event;
        this.#happen(events.pop() ?? 0);
        events.settle();
      } else {
        if (arrival > seconds) break;
        clock[NOW] = arrival;
        this.#arrive();
      }
    }
    clock[NOW] = seconds;
    this.#collect();
    this.#admit();
  }

  /** Sets how many workers serve, at this moment. */
  scaleTo(asked: number): ScaleOutcome {
    const before = this.workers.commanded;
    const takenBack = this.workers.takeBack(Math.max(0, asked - before));
    const started = Math.max(0, asked - before - takenBack);
    for (let count = 0; count < started; count += 1) {
      const readyAt = this.nowSeconds + this.#settings.startDelaySeconds;
      this.#events.push(readyAt, READY, 2 * this.workers.start(this.nowSeconds) + READY);
    }
    if (asked < before) this.workers.retire(before - asked, this.nowSeconds);
    const nobody = { takenBack: [], draining: [], removed: [], failures: [] };
    return { before, asked, applied: asked, started, ...nobody };
  }

  /** @param plans what the emitter knows of its load */
  snapshot(windowSeconds: number, plans: Pick<FarmSnapshot, 'phasesLeft' | 'announced'> = {}): FarmSnapshot {
    const now = this.nowSeconds;
    const slack = this.#line.slackAt(now);
    const maxResponse = this.collected.maxResponseSince(now - windowSeconds);
    const { commanded } = this.workers;
    const snapshot: { -readonly [Key in keyof FarmSnapshot]: FarmSnapshot[Key] } = {
      kind: 'snapshot',
      atSeconds: now,
      counters: this.#counters(),
      held: this.#held(),
      overdueHeld: this.collected.overdueOf(this.#admitted, now),
      lostWaiting: slack.lost,
      waitingWorkSeconds: this.#line.workSeconds,
      workforce: this.workers.counts(),
      pool: { desired: commanded, present: commanded, ready: commanded },
    };
    if (slack.leastSlackSeconds !== undefined) snapshot.leastSlackSeconds = slack.leastSlackSeconds;
    if (maxResponse !== undefined) snapshot.maxResponseSeconds = maxResponse;
    if (plans.phasesLeft !== undefined) snapshot.phasesLeft = plans.phasesLeft;
    if (plans.announced !== undefined) snapshot.announced = plans.announced;
    return snapshot;
  }

  #arrivalSeconds(): number {
    const generated = this.tasks.generatedAtSeconds[this.#available];
    return generated === undefined ? Infinity : generated + this.#settings.pickUpSeconds;
  }

  #arrive(): void {
    const task = this.#available;
    this.#available += 1;
    this.#clock[NEXT_ARRIVAL] = this.#arrivalSeconds();
    const worker = this.workers.takeIdle();
    if (worker === undefined) {
      this.#line.add(task);
      return;
    }
    this.#claims += 1;
    this.#begin(worker, task);
  }

  #happen(event: number): void {
    const worker = event >> 1;
    if ((event & 1) === READY) {
      if (this.workers.isPresent(worker)) this.#serveNext(worker);
      return;
    }
    this.#finished[this.#finishedCount] = this.workers.taskOf(worker);
    this.#finishedAtSeconds[this.#finishedCount] = this.nowSeconds;
    this.#finishedCount += 1;
    if (this.workers.finish(worker, this.nowSeconds)) this.#serveNext(worker);
  }

  /** A worker without a task takes the next one, where one waits. */
  #serveNext(worker: number): void {
    const position =
      this.#line.length === 0
        ? undefined
        : choosePosition(this.#line, this.#nextClaim(), this.#settings.dispatch);
    if (position === undefined) this.workers.becomeIdle(worker);
    else this.#begin(worker, this.#line.take(position));
  }

  #nextClaim(): DispatchMoment {
    this.#claims += 1;
    return this;
  }

  #begin(worker: number, task: number): void {
    const now = this.nowSeconds;
    this.workers.begin(worker, task, now + (this.tasks.expectedServiceSeconds[task] ?? 0));
    this.#events.push(now + (this.tasks.serviceSeconds[task] ?? 0), FINISH, 2 * worker + FINISH);
  }

  /** Records what has been finished for long enough. */
  #collect(): void {
    const { collected } = this;
    while (collected.count < this.#finishedCount) {
      const finishedAt = this.#finishedAtSeconds[collected.count] ?? 0;
      const collectedAt = finishedAt + this.#settings.collectSeconds;
      if (collectedAt > this.nowSeconds) return;
      collected.addNext(collectedAt);
    }
  }

  #admit(): void {
    const { generatedAtSeconds, expectedServiceSeconds } = this.tasks;
    const now = this.nowSeconds;
    let [admitted, workSeconds] = [this.#admitted, this.#admittedWorkSeconds];
    for (; (generatedAtSeconds[admitted] ?? Infinity) <= now; admitted += 1) {
      workSeconds += expectedServiceSeconds[admitted] ?? 0;
    }
    this.#admitted = admitted;
    this.#admittedWorkSeconds = workSeconds;
  }

  #held(): Held {
    return {
      waiting: this.#line.length + this.#admitted - this.#available,
      delayed: 0,
      leased: this.workers.taskCount,
      answered: this.#finishedCount - this.collected.count,
    };
  }

  #counters(): Counters {
    const { count, met, responseSecondsSum, serviceSecondsSum } = this.collected;
    return {
      admitted: this.#admitted,
      admittedWorkSeconds: this.#admittedWorkSeconds,
      requeued: 0,
      enqueued: this.#admitted,
      claimed: this.#claims,
      answered: this.#finishedCount,
      handedBack: 0,
      attemptsFailed: 0,
      superseded: 0,
      retried: 0,
      withdrawn: 0,
      lateAnswers: 0,
      completed: count,
      failed: 0,
      invalid: 0,
      met,
      missed: count - met,
      cancelled: 0,
      synExpired: 0,
      ackRefused: 0,
      responseSecondsSum,
      serviceSecondsSum,
      workerSecondsEnded: this.workers.endedSeconds,
    };
  }
}
