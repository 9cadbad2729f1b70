import { linearScale } from '../../../autoscaler/training/pictures/scale.ts';
import { element, escaped, line, picture, text } from '../../../autoscaler/training/pictures/svg.ts';
import type { ColouredRow } from './scatter.ts';

const WIDTH = 420;
const LEFT = 130;
const RIGHT = 404;
const ROW = 52;
const TOP = 34;

const QUARTERS = ['shortest', 'short', 'long', 'longest'];

/** What share of its tasks each policy misses, by their size. */
export function missesBySize(rows: readonly ColouredRow[]): string {
  return barPicture(rows, {
    title: 'Tasks missed, %, from the shortest quarter to the longest',
    bars: ({ row }) => row.qosPercentByQuartile.map((qos) => (qos === null ? undefined : 100 - qos)),
    names: QUARTERS,
    label: (value) => value.toFixed(value < 1 ? 2 : 1),
  });
}

/** How late tasks are: the mean over the episodes of the 95th percentile, and of the worst. */
export function tardiness(rows: readonly ColouredRow[]): string {
  return barPicture(rows, {
    title: 'Tardiness, seconds: 95th percentile and worst',
    bars: ({ row }) => [row.tardinessP95Seconds?.mean, row.tardinessMaxSeconds?.mean],
    names: ['95 %', 'worst'],
    label: (value) => `${value.toFixed(1)} s`,
  });
}

interface BarKind {
  readonly title: string;
  readonly bars: (row: ColouredRow) => readonly (number | undefined)[];
  readonly names: readonly string[];
  readonly label: (value: number) => string;
}

function barPicture(rows: readonly ColouredRow[], kind: BarKind): string {
  const height = TOP + ROW * rows.length + 24;
  const most = Math.max(...rows.flatMap((row) => kind.bars(row)).map((value) => value ?? 0), 0.01);
  const x = linearScale({ low: 0, high: most * 1.12 }, { low: LEFT, high: RIGHT - 30 }, 4);
  const bottom = TOP + ROW * rows.length;
  const grid = x.ticks.map(
    (tick) =>
      line([x.at(tick), TOP - 4], [x.at(tick), bottom], 'grid') +
      text(x.at(tick), bottom + 16, x.label(tick), { class: 'tick', 'text-anchor': 'middle' }),
  );
  const groups = rows.map((row, index) => {
    const top = TOP + ROW * index;
    const values = kind.bars(row);
    const thick = (ROW - 12) / values.length;
    const bars = values.map((value, at) => {
      if (value === undefined) return '';
      const y = top + 4 + at * thick;
      const shade = 1 - 0.6 * (1 - (at + 1) / values.length);
      const name = escaped(`${row.row.policy}, ${kind.names[at] ?? ''}: ${kind.label(value)}`);
      const bar = { x: LEFT, y, width: Math.max(0.5, x.at(value) - LEFT), height: thick - 1.5, rx: 1.5 };
      return (
        element('rect', { ...bar, fill: row.colour, opacity: shade }, element('title', {}, name)) +
        text(x.at(value) + 5, y + thick / 2 + 3, kind.label(value), { class: 'value' })
      );
    });
    return (
      text(LEFT - 10, top + ROW / 2, row.row.policy, { 'text-anchor': 'end', class: 'name' }) + bars.join('')
    );
  });
  return picture(
    { width: WIDTH, height },
    kind.title,
    text(0, 14, kind.title, { class: 'axis' }),
    ...grid,
    ...groups,
  );
}
