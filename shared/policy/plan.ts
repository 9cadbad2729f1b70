import { root, ShortageTable } from './shortage-table.ts';
import type { ShortagePrices, TableRange } from './shortage-table.ts';

/** By what a plan is priced. All in units that hold at any size of a farm. */
export interface PlanPrices extends ShortagePrices {
  /** Workers above the load that are aimed for, in units of √load; the coming step, and the ones after it. */
  readonly safetyNow: number;
  readonly safetyLater: number;
  /** What a change of the pool costs, in worker-steps. */
  readonly changePrice: number;
  /** Share of the waiting work to be done within a step. */
  readonly backlogShare: number;
}

export interface PlanStart {
  readonly workers: number;
  readonly startingWorkers: number;
  readonly waitingWorkSeconds: number;
  readonly stepSeconds: number;
  /** For each of the coming steps, the load in parts of equal length. */
  readonly steps: readonly (readonly number[])[];
  /** Most workers added or removed in one step. */
  readonly stepLimit: number;
}

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
  let shortage: ShortageTable | undefined;
  for (const [step, loads] of start.steps.entries()) {
    // Where the load is expected to stay as it is, the same table prices every step but the first.
    if (step < 2 || loads !== start.steps[step - 1]) shortage = undefined;
    shortage ??= tableOf(step, start, prices, range);
    front = nextFront(front, stageOf(step, start, prices, shortage), range);
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
  readonly meanLoad: number;
  readonly shortage: ShortageTable;
  /** Workers wanted for each second of waiting work. */
  readonly wantedPerWaiting: number;
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

function tableOf(step: number, start: PlanStart, prices: PlanPrices, range: Range): ShortageTable {
  const table = new ShortageTable(tableRange(range, start.stepLimit));
  const safety = step === 0 ? prices.safetyNow : prices.safetyLater;
  table.price(start.steps[step] ?? [], safety, start.stepSeconds, prices);
  return table;
}

function stageOf(step: number, start: PlanStart, prices: PlanPrices, shortage: ShortageTable): Stage {
  const { stepSeconds, stepLimit } = start;
  const loads = start.steps[step] ?? [];
  const idleShare = Math.min(1, prices.startSeconds / stepSeconds);
  return {
    isFirst: step === 0,
    stepLimit,
    stepSeconds,
    meanLoad: meanOf(loads),
    shortage,
    wantedPerWaiting: prices.backlogShare / stepSeconds,
    changePrice: prices.changePrice,
    idleShare,
    missing: step === 0 ? (start.startingWorkers * idleShare) / 2 : 0,
  };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** Pool sizes worth looking at: what the loads and the waiting work can call for, and where the farm is. */
function rangeOf({ steps, workers, waitingWorkSeconds, stepSeconds }: PlanStart, prices: PlanPrices): Range {
  let low = Infinity;
  let high = 0;
  for (const loads of steps) {
    for (const load of loads) {
      if (load < low) low = load;
      if (load > high) high = load;
    }
  }
  high += waitingWorkSeconds / stepSeconds;
  const safety = Math.max(0, prices.safetyNow, prices.safetyLater) + prices.softness;
  return {
    fewest: Math.min(workers, Math.max(1, Math.floor(low - 2 * root(low)))),
    most: Math.max(workers, 1, Math.ceil(high + safety * root(high)) + 1),
  };
}

/** A little more than the pools: what waits, and who is still starting, counts as workers who are not there. */
function tableRange({ fewest, most }: Range, stepLimit: number): TableRange {
  const lowest = fewest - stepLimit - 1;
  return { lowest, size: most + 2 - lowest };
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
    const waiting = (from.waitingWorkSeconds[best] ?? 0) + (stage.meanLoad - capacity) * stage.stepSeconds;
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
  const absent = stage.wantedPerWaiting * waitingWorkSeconds + stage.missing;
  const early = before < workers ? before : workers;
  const shortage = stage.shortage.cost(early - absent, workers - absent);
  return workers + shortage + (workers === before ? 0 : stage.changePrice);
}
