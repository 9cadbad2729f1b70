import type { PlanStart } from './plan.ts';
import { root } from './shortage-table.ts';
import { WaitingWork } from './waiting-work.ts';

/** By what a plan is priced that follows the work that waits. All in units that hold at any size of a farm. */
export interface QueuePrices {
  /** Work to reckon with beyond what is expected, in units of √load; in the coming step, and in those after it. */
  readonly safetyNow: number;
  readonly safetyLater: number;
  /** What the work costs that one worker does in a step, if it is missed; in worker-steps, at the usual mean load. */
  readonly missPrice: number;
  /** How fast that falls with the mean load: of many tasks, one that is missed is a smaller part. */
  readonly missPower: number;
  /** What a change of the pool costs, in worker-steps. */
  readonly changePrice: number;
  /** How long work can wait before it is missed, in mean service times. */
  readonly patience: number;
  /** Variance of the work that arrives, against Poisson arrivals of equal tasks. */
  readonly scatter: number;
  /** From the decision to start a worker until it serves. */
  readonly startSeconds: number;
  /** What a second of waiting work counts, and a lost task, which waits but need not be served: seconds. */
  readonly waitingShare: number;
  readonly lostSeconds: number;
  /** Work that a worker still does that is removed. */
  readonly drainSeconds: number;
  /** What the work costs that waits at the end, by the same measure as `missPrice`. */
  readonly endPrice: number;
}

export interface QueueStart extends PlanStart {
  readonly lostWaiting: number;
  /** Mean service time of a task. */
  readonly serviceSeconds: number;
  /** Mean load over a long time, against the usual one. */
  readonly relativeLoad: number;
}

/** Into how many parts a step is cut, through which waiting work is followed one after the other. */
const PARTS = 4;

/** Pools looked at beyond the highest load, in √load, beside the safety. */
const MARGIN = 1.5;

/**
 * The number of workers with which the cheapest plan over the coming steps begins. Stochastic dynamic programming over
 * pool sizes and waiting work: arrivals scatter around what is announced, and at every later step the plan does what
 * is best by then, so what can still be mended then is not paid for now.
 */
export function firstOfCheapestQueuePlan(start: QueueStart, prices: QueuePrices): number {
  return new QueuePlan(start, prices).first();
}

/** Pool sizes, both included. */
interface Pools {
  readonly fewest: number;
  readonly most: number;
}

class QueuePlan {
  readonly #start: QueueStart;
  readonly #prices: QueuePrices;
  readonly #pools: Pools;
  readonly #work: WaitingWork;
  /** For each part of each step. */
  readonly #loads: readonly number[];
  readonly #roomPerWorker: number;
  /** A second of work that is missed costs this. */
  readonly #missPrice: number;
  /** Parts of a step that are over when a worker serves that is started at its beginning. */
  readonly #startParts: number;

  constructor(start: QueueStart, prices: QueuePrices) {
    this.#start = start;
    this.#prices = prices;
    const partSeconds = start.stepSeconds / PARTS;
    this.#loads = start.steps.flatMap(partLoads);
    const highestLoad = this.#loads.reduce((most, load) => Math.max(most, load), 0);
    this.#pools = this.#poolsFor(highestLoad);
    this.#roomPerWorker = prices.patience * start.serviceSeconds;
    this.#missPrice = (prices.missPrice * start.relativeLoad ** -prices.missPower) / start.stepSeconds;
    this.#startParts = prices.startSeconds / partSeconds;
    this.#work = new WaitingWork({
      partSeconds,
      scatterSeconds: prices.scatter * start.serviceSeconds,
      missPrice: this.#missPrice,
      highestLoad: root(highestLoad) ** 2,
      mostRoom: this.#roomPerWorker * this.#pools.most,
    });
  }

  first(): number {
    const { fewest, most } = this.#pools;
    const end = this.#prices.endPrice / this.#start.stepSeconds;
    let after = Array.from({ length: most - fewest + 1 }, () => this.#work.atEnd(end));
    for (let step = this.#start.steps.length - 1; step > 0; step -= 1) after = this.#before(step, after);
    return this.#cheapestFirst(after);
  }

  /** Pool sizes that the loads and the waiting work can call for, as far as they can be reached. */
  #poolsFor(highestLoad: number): Pools {
    const { workers, waitingWorkSeconds, stepSeconds, steps, stepLimit } = this.#start;
    const { safetyNow, safetyLater } = this.#prices;
    const lowest = this.#loads.reduce((least, load) => Math.min(least, load), highestLoad);
    const most = highestLoad + (MARGIN + Math.max(0, safetyNow, safetyLater)) * root(highestLoad);
    const reach = steps.length * stepLimit;
    return {
      fewest: Math.max(workers - reach, Math.min(workers, Math.max(1, Math.floor(lowest - root(lowest))))),
      most: Math.min(
        workers + reach,
        Math.max(workers, 1, Math.ceil(most + waitingWorkSeconds / stepSeconds) + 1),
      ),
    };
  }

  /** The pools that there can be when a step begins. */
  #reached(step: number): Pools {
    const { workers, stepLimit } = this.#start;
    const { fewest, most } = this.#pools;
    return {
      fewest: Math.max(fewest, workers - step * stepLimit),
      most: Math.min(most, workers + step * stepLimit),
    };
  }

  /** Costs before a step, by pool and waiting work; each amount of waiting work has its own best change. */
  #before(step: number, after: readonly Float64Array[]): Float64Array[] {
    const { stepLimit } = this.#start;
    const { fewest } = this.#pools;
    const [from, to] = [this.#reached(step), this.#reached(step + 1)];
    const before = after.map(() => new Float64Array(this.#work.points).fill(Infinity));
    for (let workers = to.fewest; workers <= to.most; workers += 1) {
      const settled = this.#settled(step, workers, after);
      const least = Math.min(workers, Math.max(from.fewest, workers - stepLimit));
      for (let early = least; early <= Math.min(workers, from.most); early += 1) {
        const costs = this.#early(step, early, workers, settled);
        // Who shrinks to a pool has it from the beginning, as who keeps it.
        const last = early < workers ? early : Math.min(from.most, workers + stepLimit);
        for (let pool = Math.max(early, from.fewest); pool <= Math.min(last, from.most); pool += 1) {
          const into = before[pool - fewest];
          if (into !== undefined) this.#offer(into, costs, pool, workers);
        }
      }
    }
    return before;
  }

  #offer(into: Float64Array, costs: Float64Array, pool: number, workers: number): void {
    this.#work.lower(into, costs, this.#drained(pool, workers), this.#paid(pool, workers));
  }

  #cheapestFirst(after: readonly Float64Array[]): number {
    const { workers, stepLimit, waitingWorkSeconds, lostWaiting } = this.#start;
    const { waitingShare, lostSeconds } = this.#prices;
    const waiting = waitingShare * Math.max(0, waitingWorkSeconds - lostSeconds * lostWaiting);
    const { fewest, most } = this.#reached(1);
    let best = workers;
    let least = Infinity;
    for (let pool = Math.max(fewest, workers - stepLimit); pool <= most; pool += 1) {
      const costs = this.#early(0, Math.min(workers, pool), pool, this.#settled(0, pool, after));
      const left = waiting - this.#drained(workers, pool);
      const cost = this.#work.read(costs, left) + this.#paid(workers, pool);
      if (cost >= least) continue;
      least = cost;
      best = pool;
    }
    return best;
  }

  /** Costs of a pool, in the parts of a step in which all of it serves, and after them. */
  #settled(step: number, workers: number, after: readonly Float64Array[]): Float64Array {
    const costs = Float64Array.from(after[workers - this.#pools.fewest] ?? []);
    for (let part = PARTS - 1; part > Math.floor(this.#startParts); part -= 1) {
      this.#goBack(costs, step * PARTS + part, workers, workers);
    }
    return costs;
  }

  /** The same from the beginning of the step, where only some of the pool serve early. */
  #early(step: number, early: number, workers: number, settled: Float64Array): Float64Array {
    const costs = Float64Array.from(settled);
    for (let part = Math.min(PARTS - 1, Math.floor(this.#startParts)); part >= 0; part -= 1) {
      const share = Math.min(1, this.#startParts - part);
      this.#goBack(costs, step * PARTS + part, early * share + workers * (1 - share), early);
    }
    return costs;
  }

  #goBack(costs: Float64Array, part: number, capacity: number, workers: number): void {
    const isFirst = part < PARTS;
    const { safetyNow, safetyLater, startSeconds } = this.#prices;
    const { startingWorkers, stepSeconds } = this.#start;
    const missing = isFirst ? (startingWorkers * Math.min(1, startSeconds / stepSeconds)) / 2 : 0;
    const load = this.#loads[part] ?? 0;
    this.#work.goBack(costs, {
      load: Math.max(0, load + (isFirst ? safetyNow : safetyLater) * root(load)),
      capacity: capacity - missing,
      room: this.#roomPerWorker * workers,
    });
  }

  #drained(before: number, after: number): number {
    return before > after ? (before - after) * this.#prices.drainSeconds : 0;
  }

  #paid(before: number, after: number): number {
    return after + (before === after ? 0 : this.#prices.changePrice);
  }
}

/** The mean load of each part of a step, whatever the number of loads that are given for it. */
function partLoads(loads: readonly number[]): number[] {
  return Array.from({ length: PARTS }, (_, part) => {
    const from = (part * loads.length) / PARTS;
    const to = ((part + 1) * loads.length) / PARTS;
    let sum = 0;
    for (let at = Math.floor(from); at < to; at += 1) {
      sum += (Math.min(to, at + 1) - Math.max(from, at)) * (loads[at] ?? 0);
    }
    return sum / (to - from);
  });
}
