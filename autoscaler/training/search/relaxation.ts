import type { TaskTable } from '../../../shared/simulator/task-table.ts';
import type { Workload } from '../../../shared/workload/workload.ts';

/** Work as a fluid: how much of it there is, and must be done, at the end of each step. Index 0 is the start. */
export interface FluidDemand {
  /** Worker-seconds that have arrived; nobody can have done more. */
  readonly arrivedSeconds: Float64Array;
  /** Worker-seconds that must be done. */
  readonly dueSeconds: Float64Array;
}

/** The cheapest pool that keeps up with a fluid demand. */
export interface RelaxedPlan {
  /** Sum of the workers over the steps. */
  readonly workerSteps: number;
  readonly workersByStep: readonly number[];
}

/**
 * Tasks as a fluid, of which the `givenUp` longest need not be done at all. Whatever a farm does, work that it has not
 * given up is done by its deadline, and giving up so many tasks cannot save more than the longest ones take.
 *
 * @param inflation the work is made so much larger; 1 for a bound
 */
export function fluidDemand(
  tasks: TaskTable,
  frame: { readonly steps: number; readonly stepSeconds: number; readonly handOverSeconds: number },
  givenUp: number,
  inflation = 1,
): FluidDemand {
  const { steps, stepSeconds, handOverSeconds } = frame;
  const arrivedSeconds = new Float64Array(steps + 1);
  const dueSeconds = new Float64Array(steps + 1);
  for (const [task, seconds] of tasks.serviceSeconds.entries()) {
    const generatedAt = tasks.generatedAtSeconds[task] ?? 0;
    // Done in time means done by the deadline less the hand-over; what is due after the last step may cost nothing.
    const doneBy = (tasks.deadlineAtSeconds[task] ?? 0) - handOverSeconds;
    addAt(arrivedSeconds, Math.max(0, Math.ceil(generatedAt / stepSeconds)), seconds * inflation);
    addAt(dueSeconds, Math.ceil(doneBy / stepSeconds - 1e-9), seconds * inflation);
  }
  accumulate(arrivedSeconds);
  accumulate(dueSeconds);
  const saved = longest(tasks, givenUp) * inflation;
  return { arrivedSeconds, dueSeconds: dueSeconds.map((due) => Math.max(0, due - saved)) };
}

function addAt(figures: Float64Array, index: number, figure: number): void {
  if (index < figures.length) figures[index] = (figures[index] ?? 0) + figure;
}

function accumulate(figures: Float64Array): void {
  let sum = 0;
  for (const [index, figure] of figures.entries()) {
    sum += figure;
    figures[index] = sum;
  }
}

function longest(tasks: TaskTable, count: number): number {
  const descending = tasks.serviceSeconds.toSorted((a, b) => b - a);
  return descending.subarray(0, count).reduce((sum, seconds) => sum + seconds, 0);
}

export interface RelaxationLimits {
  readonly stepLimit: number;
  /** The longest that a retired worker may still work without being counted. */
  readonly overhangSeconds: number;
}

/** Above so many states the search for the cheapest pool would take too long: there is no plan then. */
const MOST_STATES = 4_000_000;

/**
 * The cheapest number of workers at each step, within the step limit, whose capacity keeps up with the demand, by
 * dynamic programming: for every pool size and every sum of workers so far, the most work that can have been done.
 * Capacity is counted generously (a new worker serves once its start delay is over, a retired one finishes the
 * longest task there is), so that no real schedule does more: its cost is a lower bound for the real farm.
 */
export function cheapestPlan(
  demand: FluidDemand,
  workload: Workload,
  limits: RelaxationLimits,
): RelaxedPlan | undefined {
  const steps = demand.dueSeconds.length - 1;
  const work = demand.dueSeconds[steps] ?? 0;
  let mostCost = Math.ceil((1.3 * work) / workload.stepSeconds) + 2 * steps + workload.initialWorkers;
  const ceiling = steps * workload.maxWorkers;
  for (;;) {
    mostCost = Math.min(mostCost, ceiling);
    if (steps * (workload.maxWorkers + 1) * (mostCost + 1) > MOST_STATES) return undefined;
    const plan = new PlanTable(demand, workload, limits, mostCost).solve();
    if (plan !== undefined || mostCost === ceiling) return plan;
    mostCost *= 2;
  }
}

const UNREACHED = -1;

class PlanTable {
  readonly #demand: FluidDemand;
  readonly #workload: Workload;
  readonly #limits: RelaxationLimits;
  readonly #mostCost: number;
  readonly #steps: number;
  /** By step: the pool before, for each pool size and cost. */
  readonly #before: Int16Array[] = [];

  constructor(demand: FluidDemand, workload: Workload, limits: RelaxationLimits, mostCost: number) {
    this.#demand = demand;
    this.#workload = workload;
    this.#limits = limits;
    this.#mostCost = mostCost;
    this.#steps = demand.dueSeconds.length - 1;
  }

  solve(): RelaxedPlan | undefined {
    const { initialWorkers, maxWorkers } = this.#workload;
    const size = (maxWorkers + 1) * (this.#mostCost + 1);
    let done = new Float64Array(size).fill(UNREACHED);
    done[Math.min(initialWorkers, maxWorkers) * (this.#mostCost + 1)] = 0;
    for (let step = 1; step <= this.#steps; step += 1) {
      const next = new Float64Array(size).fill(UNREACHED);
      const before = new Int16Array(size);
      for (let workers = 0; workers <= maxWorkers; workers += 1)
        this.#advance(step, workers, done, { next, before });
      this.#before.push(before);
      done = next;
    }
    return this.#cheapest(done);
  }

  #advance(
    step: number,
    workers: number,
    done: Float64Array,
    { next, before }: { readonly next: Float64Array; readonly before: Int16Array },
  ): void {
    const { minWorkers, maxWorkers } = this.#workload;
    const { stepLimit } = this.#limits;
    const row = this.#mostCost + 1;
    const arrived = this.#demand.arrivedSeconds[step] ?? 0;
    const due = (this.#demand.dueSeconds[step] ?? 0) - 1e-6;
    const to = Math.min(maxWorkers, workers + stepLimit);
    for (let now = Math.max(minWorkers, workers - stepLimit); now <= to; now += 1) {
      const capacity = this.#capacity(workers, now);
      for (let cost = 0; cost + now <= this.#mostCost; cost += 1) {
        const soFar = done[workers * row + cost] ?? UNREACHED;
        if (soFar === UNREACHED) continue;
        const after = Math.min(arrived, soFar + capacity);
        const at = now * row + cost + now;
        if (after < due || after <= (next[at] ?? UNREACHED)) continue;
        next[at] = after;
        before[at] = workers;
      }
    }
  }

  /** Worker-seconds of one step, at most. */
  #capacity(before: number, now: number): number {
    const { stepSeconds, startDelaySeconds } = this.#workload;
    if (now <= before)
      return now * stepSeconds + (before - now) * Math.min(stepSeconds, this.#limits.overhangSeconds);
    return before * stepSeconds + (now - before) * Math.max(0, stepSeconds - startDelaySeconds);
  }

  #cheapest(done: Float64Array): RelaxedPlan | undefined {
    const row = this.#mostCost + 1;
    for (let cost = 0; cost <= this.#mostCost; cost += 1) {
      for (let workers = 0; workers <= this.#workload.maxWorkers; workers += 1) {
        if ((done[workers * row + cost] ?? UNREACHED) !== UNREACHED) return this.#trace(workers, cost);
      }
    }
    return undefined;
  }

  #trace(last: number, workerSteps: number): RelaxedPlan {
    const workersByStep: number[] = [];
    let workers = last;
    let cost = workerSteps;
    for (const before of this.#before.toReversed()) {
      workersByStep.unshift(workers);
      const earlier = before[workers * (this.#mostCost + 1) + cost] ?? 0;
      cost -= workers;
      workers = earlier;
    }
    return { workerSteps, workersByStep };
  }
}
