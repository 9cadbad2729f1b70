import { timetable } from '../../../shared/policy/timetable.ts';
import { RandomStream } from '../../../shared/workload/random-stream.ts';
import type { Workload } from '../../../shared/workload/workload.ts';
import { EpisodeDraw } from '../episode-draw.ts';
import { runEpisode } from '../episode.ts';
import type { Episode, EpisodeRules } from '../episode.ts';
import { affordable } from './budget.ts';
import { followingPlans } from './following-plans.ts';
import { improvePlan, runPlan, withinLimits } from './plan.ts';
import type { Plan, ScoredPlan } from './plan.ts';
import { cheapestPlan, fluidDemand } from './relaxation.ts';

/** Tasks that the search for one plan simulates. */
const TASKS_PER_SEARCH = 1_200_000;

/** Worker-steps that a miss beyond the allowed ones is worth: more than it costs to prevent one. */
const WORKER_STEPS_PER_MISS = 4;

/** The episode of the best plan found for a seed, with every arrival known. Not a proved bound: what a search found. */
export function bestPlanEpisode(
  workload: Workload,
  seed: number,
  rules: EpisodeRules,
  targetQosPercent: number,
): Episode {
  const draw = new EpisodeDraw(workload, seed, rules);
  const plan = bestPlan(workload, draw, rules, { seed, targetQosPercent });
  return runEpisode(timetable(plan), workload, seed, { ...rules, draws: () => draw });
}

export function bestPlan(
  workload: Workload,
  draw: EpisodeDraw,
  rules: EpisodeRules,
  { seed, targetQosPercent }: { readonly seed: number; readonly targetQosPercent: number },
): Plan {
  const allowed = Math.floor((1 - targetQosPercent / 100) * draw.tasks.count + 1e-9);
  const score = (plan: Plan): number => {
    const { missed, meanWorkers } = runPlan(plan, workload, draw, rules);
    return meanWorkers * workload.steps + WORKER_STEPS_PER_MISS * Math.max(0, missed - allowed);
  };
  const starts = [
    ...flatPlans(workload),
    ...followingPlans(workload, draw.tasks, rules.stepLimit),
    ...relaxedPlans(workload, draw, rules, allowed),
  ];
  const start = starts
    .map((plan): ScoredPlan => {
      const limited = withinLimits(plan, workload, rules.stepLimit);
      return { plan: limited, score: score(limited) };
    })
    .reduce((best, each) => (each.score < best.score ? each : best));
  const trials = affordable(workload, TASKS_PER_SEARCH, { least: 40, most: 1200 });
  const stream = new RandomStream(seed, 'planSearch');
  return improvePlan(start, { workload, stepLimit: rules.stepLimit, stream, trials, score }).plan;
}

/** Pools of one size, in a geometric row. */
function flatPlans({ minWorkers, maxWorkers, steps }: Workload): Plan[] {
  const sizes: number[] = [];
  for (let size = Math.max(1, minWorkers); size < maxWorkers; size = Math.ceil(size * 1.25)) sizes.push(size);
  return [...sizes, maxWorkers].map((size) => Array.from({ length: steps }, () => size));
}

/** What would do if work were a fluid, with more and more of it: real tasks wait for whole workers. */
const INFLATIONS = [1, 1.04, 1.08, 1.12, 1.16, 1.2, 1.25, 1.3, 1.4, 1.5, 1.7];

function relaxedPlans(workload: Workload, draw: EpisodeDraw, rules: EpisodeRules, allowed: number): Plan[] {
  const { steps, stepSeconds } = workload;
  const frame = { steps, stepSeconds, handOverSeconds: rules.handOver.collectSeconds };
  const limits = { stepLimit: rules.stepLimit, overhangSeconds: 0 };
  const plans: Plan[] = [];
  for (const inflation of INFLATIONS) {
    const plan = cheapestPlan(fluidDemand(draw.tasks, frame, allowed, inflation), workload, limits);
    if (plan === undefined) break;
    plans.push(plan.workersByStep);
  }
  return plans;
}
