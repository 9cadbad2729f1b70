import type { ComparisonRow } from '../../autoscaler/training/comparison/row.ts';
import type { Estimate } from '../../autoscaler/training/comparison/estimate.ts';

const HEAD = [
  'POLICY',
  'QOS %',
  'WORKERS',
  'MOST',
  'WORKER-S',
  'ACTIONS',
  'TURNS',
  'LATE P95',
  'LATE MAX',
  'QOS % BY SIZE, SHORT → LONG',
];

/** Rows as a table, a block for each workload; figures stand under their head, to the right. */
export function comparisonTable(rows: readonly ComparisonRow[]): readonly string[] {
  const workloads = [...new Set(rows.map(({ workload }) => workload))];
  return workloads.flatMap((workload, index) => {
    const own = rows.filter((row) => row.workload === workload);
    const first = own[0];
    if (first === undefined) return [];
    const terms = [
      `${first.dispatch} order`,
      `±${first.actions}`,
      first.announced ? 'announced' : 'unannounced',
      `${first.episodes} episodes`,
    ].join(', ');
    const body = aligned([HEAD, ...own.map(cells)]);
    return [...(index > 0 ? [''] : []), `${workload} (${terms})`, ...body];
  });
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
    row.qosPercentByQuartile.map((each) => (each === null ? '–' : each.toFixed(1))).join(' '),
  ];
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
