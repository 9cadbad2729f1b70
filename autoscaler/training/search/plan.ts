import { FarmSimulation } from '../../../shared/simulator/farm-simulation.ts';
import type { RandomStream } from '../../../shared/workload/random-stream.ts';
import type { Workload } from '../../../shared/workload/workload.ts';
import type { EpisodeDraw } from '../episode-draw.ts';
import { GRACE_SECONDS } from '../episode.ts';
import type { EpisodeRules } from '../episode.ts';

/** Workers at each step. */
export type Plan = readonly number[];

/** What a plan came to on one draw of the tasks. */
export interface PlanResult {
  readonly missed: number;
  readonly tasks: number;
  /** Mean of the workers over the steps that the episode lasted. */
  readonly meanWorkers: number;
}

/** Runs a plan without looking at the farm: a small part of what an episode costs. */
export function runPlan(plan: Plan, workload: Workload, draw: EpisodeDraw, rules: EpisodeRules): PlanResult {
  const { stepSeconds, startDelaySeconds, initialWorkers } = workload;
  const simulation = new FarmSimulation(draw.tasks, {
    dispatch: rules.dispatch,
    ...rules.handOver,
    startDelaySeconds,
    initialWorkers,
  });
  let sum = 0;
  let steps = 0;
  for (const workers of plan) {
    if (rules.endsWhenDone && simulation.isDone) break;
    simulation.scaleTo(workers);
    steps += 1;
    sum += workers;
    simulation.advanceTo(steps * stepSeconds);
  }
  simulation.advanceTo(steps * stepSeconds + GRACE_SECONDS);
  const { count } = draw.tasks;
  return { missed: count - simulation.collected.met, tasks: count, meanWorkers: sum / Math.max(1, steps) };
}

/** The nearest plan within the bounds of the workload, and the step limit. */
export function withinLimits(plan: Plan, workload: Workload, stepLimit: number): number[] {
  const { minWorkers, maxWorkers, initialWorkers } = workload;
  let before = initialWorkers;
  return plan.map((wanted) => {
    const inStep = Math.min(before + stepLimit, Math.max(before - stepLimit, wanted));
    before = Math.min(maxWorkers, Math.max(minWorkers, inStep));
    return before;
  });
}

/** A plan, and what its search holds against it. */
export interface ScoredPlan {
  readonly plan: Plan;
  readonly score: number;
}

export interface PlanSearch {
  readonly workload: Workload;
  readonly stepLimit: number;
  readonly stream: RandomStream;
  /** Plans to be tried. */
  readonly trials: number;
  readonly score: (plan: Plan) => number;
}

/**
 * Local search: stretches of the plan go up or down by a worker, or trade one with another stretch, and stay so
 * unless that is worse.
 */
export function improvePlan(start: ScoredPlan, search: PlanSearch): ScoredPlan {
  const { workload, stepLimit, stream } = search;
  let best = start;
  for (let trial = 0; trial < search.trials; trial += 1) {
    const changed = withinLimits(changedPlan(best.plan, stream), workload, stepLimit);
    if (changed.every((workers, step) => workers === best.plan[step])) continue;
    const score = search.score(changed);
    if (score <= best.score) best = { plan: changed, score };
  }
  return best;
}

function changedPlan(plan: Plan, stream: RandomStream): number[] {
  const changed = [...plan];
  const kind = stream.unit();
  // Down is what lowers the cost; up makes room for the next way down.
  if (kind < 0.5) shift(changed, -1, stream);
  else if (kind < 0.6) shift(changed, 1, stream);
  else {
    shift(changed, 1, stream);
    shift(changed, -1, stream);
    if (kind > 0.8) shift(changed, -1, stream);
  }
  return changed;
}

/** Moves a stretch, short ones more often than long ones; with slopes of one worker a step at both ends. */
function shift(plan: number[], by: number, stream: RandomStream): void {
  const length = Math.max(1, Math.round(Math.exp(stream.unit() * Math.log(plan.length))));
  const from = stream.integer(0, Math.max(0, plan.length - length));
  for (let step = from; step < from + length; step += 1) plan[step] = (plan[step] ?? 0) + by;
}
