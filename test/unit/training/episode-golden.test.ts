import { expect, test } from 'vitest';
import { DEFAULT_EPISODE_RULES, runEpisode } from '../../../autoscaler/training/episode.ts';
import { EpisodeDraw } from '../../../autoscaler/training/episode-draw.ts';
import { summarise } from '../../../autoscaler/training/episode-summary.ts';
import type { DispatchOrder } from '../../../shared/farm/dispatch-order.ts';
import { fixed } from '../../../shared/policy/fixed.ts';
import { reactive } from '../../../shared/policy/reactive.ts';
import { tunedStaffing } from '../../../shared/policy/tuned-staffing.ts';
import { workloadFor } from '../../../shared/workload/named-workloads.ts';
import type { WorkloadName } from '../../../shared/workload/named-workloads.ts';

const policies = {
  reactive: reactive('average'),
  fixed: fixed(10),
  staffing: tunedStaffing({
    floor: 1,
    margin: 0,
    safety: 0.2,
    backlogShare: 0.3,
    lowQosWorkers: 2.06,
    riseWeight: 0.869,
    fallWeight: 1,
    hysteresisWorkers: 0,
    aheadSeconds: 9,
  }),
};

function figures(policy: keyof typeof policies, name: WorkloadName, order: DispatchOrder): string {
  const dispatch = { order, lostShare: 4, triageLimit: 32 };
  const rules = { ...DEFAULT_EPISODE_RULES, dispatch, stepLimit: 4, announced: true };
  const rows = [1, 2].map((seed) => {
    const { qosPercent, workerSeconds, tardinessMaxSeconds } = summarise(
      runEpisode(policies[policy], workloadFor(name, seed), seed, rules),
    );
    return [qosPercent, workerSeconds, tardinessMaxSeconds].map((figure) => figure?.toFixed(3)).join(' ');
  });
  return rows.join(', ');
}

test('episodes come out as they did before the simulator was made fast', () => {
  expect({
    paper: figures('reactive', 'paper', 'fifo'),
    oscillating: figures('staffing', 'paper-oscillating', 'deadline'),
    random: figures('staffing', 'paper-random', 'triage'),
    fixed: figures('fixed', 'paper-random', 'triage'),
  }).toMatchInlineSnapshot(`
    {
      "fixed": "99.885 2400.000 0.008, 95.495 2400.000 22.338",
      "oscillating": "97.018 2498.877 17.274, 98.421 2450.633 4.630",
      "paper": "49.825 2544.018 14.323, 43.246 2648.000 22.193",
      "random": "98.502 1897.130 16.549, 98.822 2560.220 11.005",
    }
  `);
});

test('tasks that were drawn before give the same episode as those drawn anew', () => {
  const workload = workloadFor('paper-random', 5);
  const dispatch = { order: 'triage', lostShare: 0, triageLimit: 32 } as const;
  const rules = { ...DEFAULT_EPISODE_RULES, dispatch, stepLimit: 1, announced: true };
  const draw = new EpisodeDraw(workload, 5, rules);
  const anew = summarise(runEpisode(policies.staffing, workload, 5, rules));
  const first = summarise(runEpisode(policies.staffing, workload, 5, { ...rules, draws: () => draw }));
  const second = summarise(runEpisode(policies.staffing, workload, 5, { ...rules, draws: () => draw }));
  expect([first, second]).toEqual([anew, anew]);
});
