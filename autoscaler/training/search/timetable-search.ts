import { RandomStream } from '../../../shared/workload/random-stream.ts';
import type { Workload } from '../../../shared/workload/workload.ts';
import { EpisodeDraw } from '../episode-draw.ts';
import { bestPlan } from './best-plan.ts';
import { affordable } from './budget.ts';
import { improvePlan, runPlan, withinLimits } from './plan.ts';
import type { Plan } from './plan.ts';
import { scoreOf } from './trial.ts';
import type { FitContext, TrialResult } from './trial.ts';

/** Tasks that the search simulates: about a minute. */
const TASKS_PER_SEARCH = 40_000_000;

/** Points of QoS to spare on the seeds of the search: on others a timetable does a little worse. */
const MARGIN_POINTS = 0.1;

/**
 * The best timetable found for a workload: one plan for all seeds, that looks at nothing. Where the schedule is drawn
 * by seed there is little to plan for, and it comes near a fixed pool.
 */
export function bestTimetable(context: FitContext, seeds: readonly number[]): Plan {
  const { rules, targetQosPercent } = context;
  const cases = seeds.map((seed) => {
    const workload = context.workload(seed);
    return { workload, draw: new EpisodeDraw(workload, seed, rules) };
  });
  const first = cases[0];
  if (first === undefined) return [];
  const score = (plan: Plan): number => {
    const result: { -readonly [key in keyof TrialResult]: number } = { qosPercent: 0, meanWorkers: 0 };
    for (const { workload, draw } of cases) {
      const { missed, tasks, meanWorkers } = runPlan(plan, workload, draw, rules);
      result.qosPercent += (100 * (1 - missed / Math.max(1, tasks))) / cases.length;
      result.meanWorkers += meanWorkers / cases.length;
    }
    return scoreOf(result, targetQosPercent + MARGIN_POINTS);
  };
  const starts = [...flatPlans(first.workload), ...clairvoyantPlans(context, cases.slice(0, 3))];
  const start = starts
    .map((plan) => withinLimits(plan, first.workload, rules.stepLimit))
    .map((plan) => ({ plan, score: score(plan) }))
    .reduce((best, each) => (each.score < best.score ? each : best));
  const trials = affordable(first.workload, TASKS_PER_SEARCH / cases.length, { least: 60, most: 2500 });
  const stream = new RandomStream(first.workload.steps, 'timetableSearch');
  return improvePlan(start, { workload: first.workload, stepLimit: rules.stepLimit, stream, trials, score })
    .plan;
}

interface Case {
  readonly workload: Workload;
  readonly draw: EpisodeDraw;
}

/** What would have been best on some of the seeds, and the same with a worker or more to spare. */
function clairvoyantPlans(context: FitContext, cases: readonly Case[]): Plan[] {
  return cases.flatMap(({ workload, draw }, index) => {
    const { rules, targetQosPercent } = context;
    const plan = bestPlan(workload, draw, rules, { seed: index, targetQosPercent });
    return [0, 1, 2, 3, 4].map((more) => plan.map((workers) => workers + more));
  });
}

function flatPlans({ minWorkers, maxWorkers, steps }: Workload): Plan[] {
  const least = Math.max(1, minWorkers);
  return Array.from({ length: maxWorkers - least + 1 }, (_, more) =>
    Array.from({ length: steps }, () => least + more),
  );
}
