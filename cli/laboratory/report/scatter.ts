import { axes } from '../../../autoscaler/training/pictures/chart.ts';
import { linearScale, ninesScale } from '../../../autoscaler/training/pictures/scale.ts';
import type { Scale } from '../../../autoscaler/training/pictures/scale.ts';
import { element, escaped, line, path, picture, text } from '../../../autoscaler/training/pictures/svg.ts';
import type { ComparisonRow } from '../../../autoscaler/training/comparison/row.ts';

/** A policy with the colour that it has in all pictures of its workload. */
export interface ColouredRow {
  readonly row: ComparisonRow;
  readonly colour: string;
}

const SIZE = { width: 860, height: 460 };
const PLOT = { left: 64, right: 836, top: 34, bottom: 410 };

/** QoS against mean workers, with fixed pools as the line to be left of. */
export function scatter(rows: readonly ColouredRow[], pools: readonly ComparisonRow[]): string {
  const policies = rows.map(({ row }) => row);
  const near = neighbourhood(pools, policies);
  const all = [...policies, ...near];
  const workers = all.map(workersOf);
  const qos = all.map(qosOf);
  const x = linearScale(
    { low: Math.floor(Math.min(...workers) - 0.3), high: Math.ceil(Math.max(...workers) + 0.8) },
    { low: PLOT.left, high: PLOT.right },
    10,
  );
  const y = ninesScale(
    // Room for what misses a third of what the best one misses, and half as much again as the worst.
    { low: Math.max(0, 100 - 1.6 * (100 - Math.min(...qos))), high: 100 - (100 - Math.max(...qos)) / 3 },
    { low: PLOT.bottom, high: PLOT.top },
  );
  const names = axes(PLOT, {
    x,
    y,
    xName: 'mean workers',
    yName: 'QoS (logarithmic in what is missing to 100 %)',
  });
  return picture(
    SIZE,
    'QoS against mean workers',
    names,
    frontier(near, x, y),
    ...rows.map((each) => mark(each, x, y)),
    ...labels(rows, x, y),
  );
}

/** Pools much smaller or larger than all policies say little about those, and push them together. */
function neighbourhood(
  pools: readonly ComparisonRow[],
  rows: readonly ComparisonRow[],
): readonly ComparisonRow[] {
  const workers = rows.map(workersOf);
  const qos = rows.map(qosOf);
  return pools.filter(
    (pool) =>
      workersOf(pool) <= 1.25 * Math.max(...workers) + 1 &&
      100 - qosOf(pool) <= 2 * (100 - Math.min(...qos)) + 2,
  );
}

function frontier(pools: readonly ComparisonRow[], x: Scale, y: Scale): string {
  const points = pools.map((row) => [x.at(workersOf(row)), y.at(qosOf(row))] as const);
  const dots = pools.map((row) => {
    const [cx, cy] = [x.at(workersOf(row)), y.at(qosOf(row))];
    return element('circle', { cx, cy, r: 3, class: 'pool' }, element('title', {}, spoken(row)));
  });
  const last = points.at(-1);
  const label =
    last === undefined
      ? ''
      : text(last[0], last[1] - 9, 'fixed pools', { class: 'tick', 'text-anchor': 'middle' });
  return path(points, { class: 'pools' }) + dots.join('') + label;
}

function mark({ row, colour }: ColouredRow, x: Scale, y: Scale): string {
  const [cx, cy] = [x.at(workersOf(row)), y.at(qosOf(row))];
  const { qosPercent, meanWorkers } = row;
  // An interval may be wider than the picture.
  const within = (at: number, low: number, high: number): number => Math.min(high, Math.max(low, at));
  const across = (workers = workersOf(row)): number => within(x.at(workers), PLOT.left, PLOT.right);
  const up = (qos = qosOf(row)): number => within(y.at(qos), PLOT.top, PLOT.bottom);
  const spreads = [
    line([across(meanWorkers?.low), cy], [across(meanWorkers?.high), cy], 'spread'),
    line([cx, up(qosPercent?.low)], [cx, up(qosPercent?.high)], 'spread'),
  ];
  const dot = element(
    'circle',
    { cx, cy, r: 6, fill: colour, class: 'mark' },
    element('title', {}, spoken(row)),
  );
  return element('g', { stroke: colour }, ...spreads) + dot;
}

const LABEL_HEIGHT = 15;
/** Of most names a little more than they take: how wide they are is up to the browser. */
const LETTER_WIDTH = 8;

/** Names right or left of their marks, moved down where they would lie upon each other, or upon another mark. */
function labels(rows: readonly ColouredRow[], x: Scale, y: Scale): string[] {
  const placed: Box[] = rows.map(({ row }) => ({
    ...{ x: x.at(workersOf(row)) - 7, width: 14 },
    y: y.at(qosOf(row)) + 4,
  }));
  const sorted = rows.toSorted((a, b) => y.at(qosOf(a.row)) - y.at(qosOf(b.row)));
  return sorted.map(({ row, colour }) => {
    const width = LETTER_WIDTH * row.policy.length;
    const middle = x.at(workersOf(row));
    const sides = [middle + 11, middle - 11 - width].filter((at) => at >= 0 && at + width <= SIZE.width);
    const box = firstFree(placed, { sides, y: y.at(qosOf(row)) + 4, width });
    placed.push(box);
    // At the end that is next to its mark, whatever the width of the name.
    const isLeft = box.x < middle;
    const anchor = { 'text-anchor': isLeft ? 'end' : 'start' };
    return text(isLeft ? box.x + width : box.x, box.y, row.policy, {
      fill: colour,
      class: 'name',
      ...anchor,
    });
  });
}

interface Wish {
  /** Where it may begin, best first; a name too long for either side begins at the left end. */
  readonly sides: readonly number[];
  readonly y: number;
  readonly width: number;
}

function firstFree(placed: readonly Box[], { sides: [first = 0, second = first], y, width }: Wish): Box {
  for (let down = y; ; down += 4) {
    for (const x of [first, second]) {
      const box = { x, y: down, width };
      if (!placed.some((other) => overlaps(other, box))) return box;
    }
  }
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && Math.abs(a.y - b.y) < LABEL_HEIGHT;
}

function workersOf(row: ComparisonRow): number {
  return row.meanWorkers?.mean ?? 0;
}

function qosOf(row: ComparisonRow): number {
  return row.qosPercent?.mean ?? 100;
}

function spoken(row: ComparisonRow): string {
  return escaped(`${row.policy}: ${qosOf(row).toFixed(2)} % at ${workersOf(row).toFixed(2)} workers`);
}
