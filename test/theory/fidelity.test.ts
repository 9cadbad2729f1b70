import { describe, expect, it } from 'vitest';
import { comparisonRow } from '../../autoscaler/training/comparison/row.ts';
import type { ComparisonRow } from '../../autoscaler/training/comparison/row.ts';
import { runEpisodes } from '../../autoscaler/training/comparison/job.ts';
import type { PlainPolicy } from '../../autoscaler/training/comparison/plain-policy.ts';
import { publishedResults } from '../../autoscaler/training/published-results.ts';
import type { DispatchOrder } from '../../shared/farm/dispatch-order.ts';

const SEEDS = Array.from({ length: 80 }, (_, index) => 1 + index);

function rowOf(policy: PlainPolicy, workload: string, dispatch: DispatchOrder): ComparisonRow {
  const source = { asked: workload };
  const setting = { dispatch, actions: 1, announced: false, lostShare: 0 };
  const episodes = runEpisodes({
    kind: 'episodes',
    policy,
    source,
    setting,
    seeds: SEEDS,
    targetQosPercent: 99.2,
  });
  return comparisonRow({ policy: policy.kind, workload, setting }, episodes);
}

function distance(row: ComparisonRow, figure: 'qosPercent' | 'meanWorkers', from: number): number {
  return Math.abs((row[figure]?.mean ?? Number.NaN) - from);
}

describe('the simulated farm against the published one', () => {
  it('serves ReactiveAverage as published, within 2 points of QoS and 0.3 workers', () => {
    const published = publishedResults.find(({ policy }) => policy === 'reactive-average');
    const row = rowOf({ kind: 'reactive', estimator: 'average' }, 'paper', 'fifo');
    expect(distance(row, 'qosPercent', published?.qosPercent.mean ?? 0)).toBeLessThan(2);
    expect(distance(row, 'meanWorkers', published?.meanWorkers.mean ?? 0)).toBeLessThan(0.3);
  });

  it('serves ReactiveMaximum as published, within 4 points of QoS and 0.5 workers', () => {
    const published = publishedResults.find(({ policy }) => policy === 'reactive-maximum');
    const row = rowOf({ kind: 'reactive', estimator: 'maximum' }, 'paper', 'fifo');
    expect(distance(row, 'qosPercent', published?.qosPercent.mean ?? 0)).toBeLessThan(4);
    expect(distance(row, 'meanWorkers', published?.meanWorkers.mean ?? 0)).toBeLessThan(0.5);
  });
});

describe('fixed pools against an independent simulation', () => {
  // Tolerances in points of QoS: about twice what the mean over 80 seeds varies by.
  it.each([
    { workload: 'paper', dispatch: 'fifo', workers: 14, qosPercent: 97.7, within: 0.9 },
    { workload: 'paper', dispatch: 'deadline', workers: 10, qosPercent: 94.3, within: 1 },
    { workload: 'paper', dispatch: 'deadline', workers: 12, qosPercent: 98.7, within: 0.5 },
    { workload: 'paper-random', dispatch: 'deadline', workers: 10, qosPercent: 97.4, within: 1.5 },
    { workload: 'paper-random', dispatch: 'triage', workers: 10, qosPercent: 98, within: 1.2 },
    { workload: 'paper-random', dispatch: 'triage', workers: 12, qosPercent: 99.7, within: 0.4 },
  ] as const)(
    '$workers workers on $workload in $dispatch order reach $qosPercent %',
    ({ workload, dispatch, workers, qosPercent, within }) => {
      const row = rowOf({ kind: 'static', workers }, workload, dispatch);
      expect(distance(row, 'qosPercent', qosPercent)).toBeLessThan(within);
      expect(row.dropped).toBe(0);
    },
  );
});
