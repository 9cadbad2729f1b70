import type { CutDimension } from '../../shared/policy/discretisation.ts';
import type { SarsaModel } from '../../shared/policy/sarsa-table.ts';
import { linearScale } from './pictures/scale.ts';
import { element, escaped, line, text } from './pictures/svg.ts';
import { PICTURE_STYLE } from './training-curves.ts';

const WIDTH = 960;
const ROW_HEIGHT = 150;
const LEFT = 60;
const BAR_HEIGHT = 90;

/** Where a learner has been: how its visits spread over the bins of each quantity, and how many cells it saw. */
export function drawStateVisits(model: SarsaModel): string {
  const all = model.cuts.reduce((cells, { edges }) => cells * (edges.length + 1), 1);
  const heading = `Visited ${String(model.cells.length)} of ${String(all)} cells`;
  const height = ROW_HEIGHT * model.cuts.length + 50;
  return `${element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${String(WIDTH)} ${String(height)}`, role: 'img' },
    element('title', {}, escaped(heading)),
    element('style', {}, PICTURE_STYLE),
    element('rect', { class: 'paper', width: WIDTH, height }),
    text(LEFT, 24, heading, { class: 'axis' }),
    ...model.cuts.map((cut, index) => drawRow(cut, visitShares(model, index), 50 + index * ROW_HEIGHT)),
  )}\n`;
}

/** Share of all visits that fell into each bin of a dimension. */
export function visitShares({ cuts, cells }: SarsaModel, dimension: number): readonly number[] {
  const bins = (cuts[dimension]?.edges.length ?? 0) + 1;
  const behind = cuts.slice(dimension + 1).reduce((size, { edges }) => size * (edges.length + 1), 1);
  const shares = Array.from({ length: bins }, () => 0);
  let total = 0;
  for (const { cell, visits } of cells) {
    const count = visits.reduce((sum, each) => sum + each, 0);
    const bin = Math.floor(cell / behind) % bins;
    shares[bin] = (shares[bin] ?? 0) + count;
    total += count;
  }
  return shares.map((count) => count / Math.max(1, total));
}

function drawRow({ name, edges }: CutDimension, shares: readonly number[], top: number): string {
  const bottom = top + 20 + BAR_HEIGHT;
  const y = linearScale({ low: 0, high: Math.max(...shares) }, { low: bottom, high: top + 20 }, 2);
  const width = (WIDTH - 2 * LEFT) / shares.length;
  const bars = shares.map((share, bin) => {
    const x = LEFT + bin * width;
    const range = `${name} ${rangeOf(edges, bin)}: ${(100 * share).toFixed(2)} %`;
    const bar = { x: x + 1, y: y.at(share), width: width - 2, height: bottom - y.at(share), fill: '#0072b2' };
    const label = text(x + width / 2, bottom + 14, rangeOf(edges, bin), {
      'text-anchor': 'middle',
      class: 'tick',
    });
    return element('rect', bar, element('title', {}, escaped(range))) + label;
  });
  return [
    text(LEFT, top + 10, `${name}, share of visits`, { class: 'axis' }),
    line([LEFT, bottom], [WIDTH - LEFT, bottom], 'grid'),
    ...bars,
  ].join('');
}

/** From which figure on a bin reaches. */
function rangeOf(edges: readonly number[], bin: number): string {
  return bin === 0 ? `<${String(edges[0] ?? '')}` : String(edges[bin - 1] ?? '');
}
