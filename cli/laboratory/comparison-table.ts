import type { ComparedRow } from '../../autoscaler/training/comparison/comparison.ts';
import type { ComparisonBounds } from '../../autoscaler/training/comparison/comparison-bounds.ts';
import type { Estimate } from '../../autoscaler/training/comparison/estimate.ts';
import type { AgainstPools } from '../../autoscaler/training/comparison/pool-frontier.ts';
import type { ComparisonRow } from '../../autoscaler/training/comparison/row.ts';
import type { ComparisonOutcome } from './run-comparison.ts';

const HEAD = ['POLICY', 'QOS %', 'WORKERS', 'MOST', 'WORKER-S', 'ACTIONS', 'TURNS', 'LATE P95', 'LATE MAX'];
const SIZES = 'QOS % BY SIZE';
const POOLS = 'COST AGAINST POOL';

export const TABLE_LEGEND = [
  '± is half of the 95 % interval of the mean over the episodes. LATE: tardiness of all tasks that fell due, the mean',
  'over the episodes of their 95th percentile and of their worst. TURNS: changes of direction.',
  'BY SIZE: by expected service time, from the shortest quarter of the tasks to the longest.',
];

/** Rows as a table, a block for each workload; figures stand under their head, to the right. */
export function comparisonTable(outcome: ComparisonOutcome): readonly string[] {
  const workloads = [...new Set(outcome.rows.map(({ row }) => row.workload))];
  return workloads.flatMap((workload, index) => [
    ...(index > 0 ? [''] : []),
    ...block(
      outcome,
      outcome.rows.filter(({ row }) => row.workload === workload),
    ),
    ...outcome.bounds.filter((bounds) => bounds.workload === workload).flatMap(boundLines),
  ]);
}

function block({ againstPools }: ComparisonOutcome, rows: readonly ComparedRow[]): string[] {
  const first = rows[0]?.row;
  if (first === undefined) return [];
  const hasPools = againstPools.size > 0;
  const head = [...HEAD, ...(hasPools ? [POOLS] : []), SIZES];
  const body = rows.map((row) => {
    const own = cells(row.row);
    return [...own, ...(hasPools ? [poolCell(againstPools.get(row))] : []), sizeCell(row.row)];
  });
  return [title(first), ...aligned([head, ...body])];
}

function title(row: ComparisonRow): string {
  const known = row.announced ? 'announced' : 'unannounced';
  return `${row.workload}: ${row.dispatch} order, ±${row.actions} a step, ${known}, ${row.episodes} episode${row.episodes === 1 ? '' : 's'}`;
}

function boundLines(bounds: ComparisonBounds): string[] {
  const qos = `${bounds.qosPercent} %`;
  return [
    `No policy reaches ${qos} on these seeds with fewer than ${bounds.lowerBoundWorkers.toFixed(2)} mean workers (proved).`,
    `Erlang's C, each moment as if it lasted for ever: ${bounds.erlangWorkers.toFixed(2)} (a reference, no bound).`,
  ];
}

function cells(row: ComparisonRow): string[] {
  return [
    row.dropped === 0 ? row.policy : `${row.policy} (${row.dropped} DROPPED)`,
    figure(row.qosPercent, 2),
    figure(row.meanWorkers, 2),
    plain(row.maxWorkers, 1),
    figure(row.workerSeconds, 0),
    plain(row.scalingActions, 1),
    plain(row.reversals, 1),
    seconds(row.tardinessP95Seconds),
    seconds(row.tardinessMaxSeconds),
  ];
}

function poolCell(against: AgainstPools | undefined): string {
  if (against === undefined) return '–';
  const { mean } = against.costPercent;
  const sign = mean > 0 ? '+' : '';
  return `${sign}${figure(against.costPercent, 1)} % of ${against.pool.toFixed(2)}`;
}

function sizeCell(row: ComparisonRow): string {
  return row.qosPercentByQuartile.map((each) => (each === null ? '–' : each.toFixed(1))).join(' ');
}

/** Mean and half of its 95 % interval. */
export function figure(estimate: Estimate | null, digits: number): string {
  if (estimate === null) return '–';
  const { mean, high } = estimate;
  return `${mean.toFixed(digits)}${high === undefined ? '' : ` ± ${(high - mean).toFixed(digits)}`}`;
}

function plain(estimate: Estimate | null, digits: number): string {
  return estimate === null ? '–' : estimate.mean.toFixed(digits);
}

function seconds(estimate: Estimate | null): string {
  return estimate === null ? '–' : `${estimate.mean.toFixed(1)} s`;
}

/** The first column to the left, the others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => (row[at] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
