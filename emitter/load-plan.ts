import { createHmac } from 'node:crypto';
import { deadlineSeconds } from '../shared/farm/deadline.ts';
import type { TaskId } from '../shared/farm/task.ts';
import type { ArrivingTask } from '../shared/io/redis/load-record.ts';
import { drawArrivalColumns, scheduleSecondsAt } from '../shared/workload/arrivals.ts';
import type { ArrivalColumns } from '../shared/workload/arrivals.ts';
import { announcedRate } from '../shared/workload/workload.ts';
import type { Load } from '../shared/workload/workload.ts';
import { loadOf } from './load-spec.ts';
import type { LoadSpec } from './load-spec.ts';

/** How far ahead the planned rate is announced, one figure a second. */
const ANNOUNCED_SECONDS = 60;

/** All that a load will emit: follows from its spec and its secret alone, so every emitter plans the same. */
export class LoadPlan {
  readonly #spec: LoadSpec;
  readonly #secret: string;
  readonly #load: Load;
  /** Columns, because it is drawn between two requests: an object for each of a million tasks takes thrice as long. */
  readonly #plan: ArrivalColumns;

  /** @param secret random; without it the ids of the tasks could be guessed from the spec */
  constructor(spec: LoadSpec, secret: string) {
    this.#spec = spec;
    this.#secret = secret;
    this.#load = loadOf(spec);
    this.#plan = drawArrivalColumns(this.#load, spec.seed);
  }

  get total(): number {
    return this.#plan.count;
  }

  /** When an arrival is due, in seconds from the start of the load; undefined after the last. */
  dueSeconds(index: number): number | undefined {
    const atSeconds = this.#plan.atSeconds[index];
    return atSeconds === undefined ? undefined : atSeconds / this.#spec.timeScale;
  }

  /** The arrivals from an index on that are due by then, in order, and no more than so many. */
  dueTasks(from: number, elapsedSeconds: number, most: number): readonly ArrivingTask[] {
    const tasks: ArrivingTask[] = [];
    for (let index = from; tasks.length < most; index += 1) {
      const due = this.dueSeconds(index);
      if (due === undefined || due > elapsedSeconds) break;
      tasks.push(this.#task(index));
    }
    return tasks;
  }

  /** Planned arrivals per second for the next minute. */
  ratesPerSecond(elapsedSeconds: number): readonly number[] {
    const { timeScale } = this.#spec;
    const at = scheduleSecondsAt(this.#plan, elapsedSeconds * timeScale);
    const rateAfter = (seconds: number): number => announcedRate(this.#load, at + seconds * timeScale);
    return Array.from({ length: ANNOUNCED_SECONDS }, (_none, second) => rateAfter(second) * timeScale);
  }

  #task(index: number): ArrivingTask {
    const { timeScale, type, deadlineFactor, lost, options } = this.#spec;
    const expected = this.#plan.expectedServiceSeconds[index];
    const service = this.#plan.serviceSeconds[index];
    if (expected === undefined || service === undefined)
      throw new RangeError(`A load of ${String(this.total)} has no arrival ${String(index)}.`);
    const expectedServiceSeconds = expected / timeScale;
    const calibrated = { serviceSeconds: service / timeScale };
    return {
      id: this.#taskId(index),
      type,
      options: JSON.stringify(type === 'calibrated' ? calibrated : (options ?? {})),
      expectedServiceSeconds,
      deadlineSeconds: deadlineSeconds(expectedServiceSeconds, deadlineFactor),
      lost,
    };
  }

  #taskId(index: number): TaskId {
    const digest = createHmac('sha256', this.#secret).update(String(index)).digest();
    return digest.subarray(0, 16).toString('base64url');
  }
}
