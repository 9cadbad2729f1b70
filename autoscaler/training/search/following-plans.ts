import type { TaskTable } from '../../../shared/simulator/task-table.ts';
import type { Workload } from '../../../shared/workload/workload.ts';
import type { Plan } from './plan.ts';

/** Safety above the load, in units of its square root. */
const SAFETIES = [0, 0.3, 0.5, 0.7, 0.9, 1.1, 1.4, 1.8, 2.5];

/** Steps to both sides over which the load is averaged. */
const REACHES = [0, 1, 3];

/** Plans that follow the work as it comes, by square-root staffing, and begin to climb early enough. */
export function followingPlans(workload: Workload, tasks: TaskTable, stepLimit: number): Plan[] {
  const loads = loadByStep(workload, tasks);
  return REACHES.flatMap((reach) => {
    const smooth = averaged(loads, reach);
    return SAFETIES.map((safety) =>
      climbingEarly(
        smooth.map((load) => Math.ceil(load + safety * Math.sqrt(load))),
        stepLimit,
      ),
    );
  });
}

/** Workers that the tasks generated in each step keep busy for its length. */
function loadByStep({ steps, stepSeconds }: Workload, tasks: TaskTable): number[] {
  const loads = new Array<number>(steps).fill(0);
  for (const [task, seconds] of tasks.serviceSeconds.entries()) {
    const step = Math.floor((tasks.generatedAtSeconds[task] ?? 0) / stepSeconds);
    if (step < steps) loads[step] = (loads[step] ?? 0) + seconds / stepSeconds;
  }
  return loads;
}

function averaged(figures: readonly number[], reach: number): number[] {
  return figures.map((_, index) => {
    const near = figures.slice(Math.max(0, index - reach), index + reach + 1);
    return near.reduce((sum, figure) => sum + figure, 0) / near.length;
  });
}

/** The smallest plan above the given one that never climbs faster than the step limit. */
function climbingEarly(plan: readonly number[], stepLimit: number): number[] {
  let after = -Infinity;
  return plan
    .toReversed()
    .map((workers) => {
      after = Math.max(workers, after - stepLimit);
      return after;
    })
    .reverse();
}
