import type { TaskTable } from '../../../shared/simulator/task-table.ts';
import type { Workload } from '../../../shared/workload/workload.ts';
import { EpisodeDraw } from '../episode-draw.ts';
import type { EpisodeRules } from '../episode.ts';
import { staffedByErlang } from './erlang.ts';
import { cheapestPlan, fluidDemand } from './relaxation.ts';

/** Shares of the tasks that may be missed, in percent, for which the cheapest pool is worked out. */
export const MISSED_PERCENT = Object.freeze([0, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10]);

/** What no policy can do better than, on one seed. */
export interface SeedBound {
  /** Least mean workers with so many tasks missed, in the order of MISSED_PERCENT. */
  readonly leastWorkers: readonly number[];
  /** A stationary reference, no bound: see erlang.ts. */
  readonly erlangWorkers: number;
}

/**
 * Lower bounds on the mean workers, proved for the simulated farm: the step limit, the start delay and the arrival and
 * deadline of every task hold; tasks are otherwise a fluid that any number of workers may share (relaxation.ts).
 * Where an episode is too long for that, the work alone counts.
 */
export function seedBound(
  workload: Workload,
  seed: number,
  rules: EpisodeRules,
  qosPercent: number,
): SeedBound {
  const draw = new EpisodeDraw(workload, seed, rules);
  const { tasks } = draw;
  const leastWorkers = MISSED_PERCENT.map((percent) =>
    leastMeanWorkers(workload, tasks, rules, Math.floor((percent / 100) * tasks.count + 1e-9)),
  );
  return { leastWorkers, erlangWorkers: staffedByErlang(workload, meanServiceOf(tasks), qosPercent) };
}

function leastMeanWorkers(workload: Workload, tasks: TaskTable, rules: EpisodeRules, missed: number): number {
  const steps = stepsAtLeast(workload, tasks, rules);
  const handOverSeconds = rules.handOver.collectSeconds;
  const demand = fluidDemand(tasks, { steps, stepSeconds: workload.stepSeconds, handOverSeconds }, missed);
  const overhangSeconds = tasks.serviceSeconds.reduce((most, seconds) => Math.max(most, seconds), 0);
  const plan = cheapestPlan(demand, workload, { stepLimit: rules.stepLimit, overhangSeconds });
  const work = demand.dueSeconds[steps] ?? 0;
  const workerSteps = plan?.workerSteps ?? byWorkAlone(workload, work, overhangSeconds);
  // An episode that ends when all is collected may go on at the least size, which lowers its mean.
  const longer = (workerSteps + (workload.steps - steps) * workload.minWorkers) / workload.steps;
  return Math.min(workerSteps / steps, longer);
}

/** An episode does not end before its last task has been generated. */
function stepsAtLeast(workload: Workload, tasks: TaskTable, rules: EpisodeRules): number {
  const last = tasks.generatedAtSeconds.at(-1);
  if (!rules.endsWhenDone || last === undefined) return workload.steps;
  return Math.min(workload.steps, Math.max(1, Math.ceil(last / workload.stepSeconds)));
}

/**
 * A worker that is retired may finish a task without being counted; one that is started later costs its start delay,
 * which is longer, so that only the first workers can do more than they are counted for.
 */
function byWorkAlone(workload: Workload, workSeconds: number, overhangSeconds: number): number {
  const { startDelaySeconds, stepSeconds, initialWorkers, steps, minWorkers } = workload;
  if (Math.min(startDelaySeconds, stepSeconds) < overhangSeconds) return steps * minWorkers;
  return Math.max(steps * minWorkers, (workSeconds - initialWorkers * overhangSeconds) / stepSeconds);
}

function meanServiceOf(tasks: TaskTable): number {
  return tasks.serviceSeconds.reduce((sum, seconds) => sum + seconds, 0) / Math.max(1, tasks.count);
}

/** Workers that a point of missed QoS may be traded for, from seed to seed: any of them gives a bound. */
const PRICES = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1, 1.5, 2, 3, 5];

/**
 * The least mean workers over all seeds with which the mean QoS over them can reach the target, however the misses are
 * shared out among the seeds: by weak duality, for each price of a missed point; the best price counts.
 */
export function sharedBound(
  seeds: readonly SeedBound[],
  targetQosPercent: number,
  minWorkers: number,
): number {
  const allowed = 100 - targetQosPercent;
  const bounds = PRICES.map((price) => {
    const sum = seeds.reduce(
      (total, { leastWorkers }) => total + cheapestAt(price, leastWorkers, minWorkers),
      0,
    );
    return sum / Math.max(1, seeds.length) - price * allowed;
  });
  return Math.max(minWorkers, ...bounds);
}

/** Between two shares of misses, the workers of the larger and the misses of the smaller are the least there can be. */
function cheapestAt(price: number, leastWorkers: readonly number[], minWorkers: number): number {
  const costs = MISSED_PERCENT.map(
    (percent, index) => (leastWorkers[index + 1] ?? minWorkers) + price * percent,
  );
  return Math.min(...costs);
}
