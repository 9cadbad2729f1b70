import { describe, expect, it } from 'vitest';
import { DEFAULT_DISPATCH } from '../../../shared/farm/dispatch-order.ts';
import { workloadFor } from '../../../shared/workload/named-workloads.ts';
import { steady } from '../../../shared/workload/phase.ts';
import type { Workload } from '../../../shared/workload/workload.ts';
import { EpisodeDraw } from '../../../autoscaler/training/episode-draw.ts';
import { summarise } from '../../../autoscaler/training/episode-summary.ts';
import { DEFAULT_EPISODE_RULES } from '../../../autoscaler/training/episode.ts';
import type { EpisodeRules } from '../../../autoscaler/training/episode.ts';
import { bestPlanEpisode } from '../../../autoscaler/training/search/best-plan.ts';
import { seedBound, sharedBound } from '../../../autoscaler/training/search/bounds.ts';
import { runPlan, withinLimits } from '../../../autoscaler/training/search/plan.ts';
import { cheapestPlan, fluidDemand } from '../../../autoscaler/training/search/relaxation.ts';

const rules: EpisodeRules = {
  ...DEFAULT_EPISODE_RULES,
  dispatch: { ...DEFAULT_DISPATCH, lostShare: 0 },
  stepLimit: 1,
  announced: false,
};

/** Ten steps of a steady load of two tasks a second. */
const short: Workload = {
  ...workloadFor('paper-random', 1),
  name: 'short',
  steps: 10,
  initialWorkers: 4,
  maxWorkers: 12,
  phases: [steady(0.4, 80)],
};

describe('the best plan found for a seed', () => {
  const episode = bestPlanEpisode(short, 3, rules, 99);
  const found = summarise(episode);

  it('reaches the QoS asked for', () => {
    expect(found.qosPercent).toBeGreaterThanOrEqual(99);
  });

  it('keeps the step limit', () => {
    for (const { before, workers } of episode.commands)
      expect(Math.abs(workers - before)).toBeLessThanOrEqual(1);
  });

  it('costs no less than what is proved, and no more than the fixed pools', () => {
    const bound = sharedBound([seedBound(short, 3, rules, 99)], found.qosPercent ?? 100, 1);
    expect(found.meanWorkers).toBeGreaterThanOrEqual(bound - 1e-9);
    const draw = new EpisodeDraw(short, 3, rules);
    const flat = [4, 5, 6, 7, 8, 9, 10]
      .map((size) => withinLimits(Array<number>(10).fill(size), short, 1))
      .map((plan) => runPlan(plan, short, draw, rules))
      .filter(({ missed, tasks }) => missed <= 0.01 * tasks);
    expect(found.meanWorkers).toBeLessThanOrEqual(Math.min(...flat.map(({ meanWorkers }) => meanWorkers)));
  });

  it('is the same every time', () => {
    expect(summarise(bestPlanEpisode(short, 3, rules, 99))).toEqual(found);
  });
});

describe('the proved bound', () => {
  it('falls as more tasks may be missed', () => {
    const { leastWorkers } = seedBound(workloadFor('paper-random', 5), 5, rules, 99);
    const falling = leastWorkers.every((workers, index) => workers <= (leastWorkers[index - 1] ?? Infinity));
    expect(falling).toBe(true);
  });

  it('lets misses be shared out among the seeds', () => {
    const workload = workloadFor('paper-random', 5);
    const seeds = [5, 6].map((seed) => seedBound({ ...workload }, seed, rules, 99));
    const each = seeds.map((seed) => sharedBound([seed], 99, 1));
    const mean = each.reduce((sum, bound) => sum + bound, 0) / each.length;
    expect(sharedBound(seeds, 99, 1)).toBeLessThanOrEqual(mean + 1e-9);
  });

  it('is the work itself where nothing hinders', () => {
    const draw = new EpisodeDraw(short, 1, rules);
    const frame = { steps: short.steps, stepSeconds: short.stepSeconds, handOverSeconds: 0 };
    const demand = fluidDemand(draw.tasks, frame, 0);
    const plan = cheapestPlan(
      demand,
      { ...short, startDelaySeconds: 0 },
      { stepLimit: 12, overhangSeconds: 0 },
    );
    const work = demand.dueSeconds.at(-1) ?? 0;
    expect(plan?.workerSteps).toBeGreaterThanOrEqual(work / short.stepSeconds);
    expect(plan?.workersByStep.reduce((sum, workers) => sum + workers, 0)).toBe(plan?.workerSteps);
  });
});
