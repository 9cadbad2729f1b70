/** By what a plan is priced. All in units that hold at any size of a farm. */
export interface PlanPrices {
  /** Workers above the load that are aimed for, in units of √load; the coming step, and the ones after it. */
  readonly safetyNow: number;
  readonly safetyLater: number;
  /** How gradually a shortage of safety begins to cost, in √load. Above 0. */
  readonly softness: number;
  /** What one worker, missing for a step, costs; in worker-steps. */
  readonly shortagePrice: number;
  /** What a change of the pool costs, in worker-steps. */
  readonly changePrice: number;
  /** Share of the waiting work to be done within a step. */
  readonly backlogShare: number;
  /** From the decision to start a worker until it serves. */
  readonly startSeconds: number;
}

export interface PlanStart {
  readonly workers: number;
  readonly startingWorkers: number;
  readonly waitingWorkSeconds: number;
  readonly stepSeconds: number;
  /** Load in each of the coming steps. */
  readonly loads: readonly number[];
  /** Most workers added or removed in one step. */
  readonly stepLimit: number;
}

/** √load is never below the square root of this: a single task is a load of its own. */
export const LEAST_LOAD = 0.5;

/**
 * The number of workers with which the cheapest plan over the coming steps begins. Dynamic programming over pool
 * sizes: each step costs its workers, the shortage of capacity below load and safety, and the change. Waiting work is
 * carried along the cheapest way to each pool size, in expectation: no chance here, that is what safety is for.
 */
export function firstOfCheapestPlan(start: PlanStart, prices: PlanPrices): number {
  const range = rangeOf(start, prices);
  let front: Front = {
    fewest: start.workers,
    costs: [0],
    waitingWorkSeconds: [start.waitingWorkSeconds],
    firsts: [start.workers],
  };
  for (let step = 0; step < start.loads.length; step += 1) {
    front = nextFront(front, stageOf(step, start, prices), range);
  }
  let best = 0;
  for (let at = 1; at < front.costs.length; at += 1) {
    if ((front.costs[at] ?? Infinity) < (front.costs[best] ?? Infinity)) best = at;
  }
  return front.firsts[best] ?? start.workers;
}

/** The cheapest way to each pool size at the end of a step; the first entry is that to `fewest` workers. */
interface Front {
  readonly fewest: number;
  readonly costs: number[];
  readonly waitingWorkSeconds: number[];
  /** Workers in the first step on the way there. */
  readonly firsts: number[];
}

/** One step of a plan. */
interface Stage {
  readonly isFirst: boolean;
  readonly stepLimit: number;
  readonly stepSeconds: number;
  readonly load: number;
  /** Load and safety. */
  readonly wanted: number;
  /** Workers wanted for each second of waiting work. */
  readonly wantedPerWaiting: number;
  /** How far around what is wanted a shortage is rounded off. */
  readonly roundness: number;
  readonly shortagePrice: number;
  readonly changePrice: number;
  /** Part of the step in which a new worker does not serve yet. */
  readonly idleShare: number;
  /** Capacity that workers lack that are still starting. */
  readonly missing: number;
}

interface Range {
  readonly fewest: number;
  readonly most: number;
}

function stageOf(step: number, start: PlanStart, prices: PlanPrices): Stage {
  const { stepSeconds, stepLimit } = start;
  const load = start.loads[step] ?? 0;
  const idleShare = Math.min(1, prices.startSeconds / stepSeconds);
  return {
    isFirst: step === 0,
    stepLimit,
    stepSeconds,
    load,
    wanted: load + (step === 0 ? prices.safetyNow : prices.safetyLater) * root(load),
    wantedPerWaiting: prices.backlogShare / stepSeconds,
    roundness: prices.softness * root(load),
    shortagePrice: prices.shortagePrice,
    changePrice: prices.changePrice,
    idleShare,
    missing: step === 0 ? (start.startingWorkers * idleShare) / 2 : 0,
  };
}

/** Pool sizes worth looking at: what the loads and the waiting work can call for, and where the farm is. */
function rangeOf({ loads, workers, waitingWorkSeconds, stepSeconds }: PlanStart, prices: PlanPrices): Range {
  const low = Math.min(...loads);
  const high = Math.max(...loads) + waitingWorkSeconds / stepSeconds;
  const safety = Math.max(0, prices.safetyNow, prices.safetyLater) + prices.softness;
  return {
    fewest: Math.min(workers, Math.max(1, Math.floor(low - 2 * root(low)))),
    most: Math.max(workers, 1, Math.ceil(high + safety * root(high)) + 1),
  };
}

function nextFront(from: Front, stage: Stage, range: Range): Front {
  const { stepLimit } = stage;
  const mostBefore = from.fewest + from.costs.length - 1;
  const fewest = Math.max(range.fewest, from.fewest - stepLimit);
  const most = Math.min(range.most, mostBefore + stepLimit);
  const next: Front = { fewest, costs: [], waitingWorkSeconds: [], firsts: [] };
  for (let workers = fewest; workers <= most; workers += 1) {
    const lowest = Math.max(from.fewest, workers - stepLimit);
    const highest = Math.min(mostBefore, workers + stepLimit);
    let best = lowest - from.fewest;
    let least = Infinity;
    for (let before = lowest; before <= highest; before += 1) {
      const at = before - from.fewest;
      const cost = (from.costs[at] ?? 0) + costOf(before, workers, from.waitingWorkSeconds[at] ?? 0, stage);
      if (cost >= least) continue;
      least = cost;
      best = at;
    }
    const capacity = capacityOf(best + from.fewest, workers, stage);
    const waiting = (from.waitingWorkSeconds[best] ?? 0) + (stage.load - capacity) * stage.stepSeconds;
    next.costs.push(least);
    next.waitingWorkSeconds.push(waiting > 0 ? waiting : 0);
    next.firsts.push(stage.isFirst ? workers : (from.firsts[best] ?? workers));
  }
  return next;
}

function capacityOf(before: number, workers: number, stage: Stage): number {
  const added = workers > before ? workers - before : 0;
  return workers - stage.missing - added * stage.idleShare;
}

function costOf(before: number, workers: number, waitingWorkSeconds: number, stage: Stage): number {
  const wanted = stage.wanted + stage.wantedPerWaiting * waitingWorkSeconds;
  const short = (wanted - capacityOf(before, workers, stage)) / stage.roundness;
  const shortage = stage.roundness * smoothHinge(short);
  return workers + stage.shortagePrice * shortage + (workers === before ? 0 : stage.changePrice);
}

function root(load: number): number {
  return Math.sqrt(Math.max(load, LEAST_LOAD));
}

/** max(0, x), rounded off between −1 and 1. */
function smoothHinge(x: number): number {
  if (x >= 1) return x;
  return x <= -1 ? 0 : ((x + 1) * (x + 1)) / 4;
}
