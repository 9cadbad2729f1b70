import type { Scale } from './scale.ts';
import { line, text } from './svg.ts';

/** The rectangle in which figures are drawn; the rest of a picture is for labels. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Axes {
  readonly x: Scale;
  readonly y: Scale;
  readonly xName: string;
  readonly yName: string;
}

/** Grid, ticks and names of both axes. The name of the vertical one stands above it, where it can be read. */
export function axes(plot: Plot, { x, y, xName, yName }: Axes): string {
  const vertical = x.ticks.map((tick) => {
    const at = x.at(tick);
    const label = text(at, plot.bottom + 18, x.label(tick), { 'text-anchor': 'middle', class: 'tick' });
    return line([at, plot.top], [at, plot.bottom], 'grid') + label;
  });
  const horizontal = y.ticks.map((tick) => {
    const at = y.at(tick);
    const label = text(plot.left - 8, at + 4, y.label(tick), { 'text-anchor': 'end', class: 'tick' });
    return line([plot.left, at], [plot.right, at], 'grid') + label;
  });
  return [
    ...vertical,
    ...horizontal,
    text(plot.right, plot.bottom + 36, xName, { 'text-anchor': 'end', class: 'axis' }),
    text(plot.left, plot.top - 10, yName, { class: 'axis' }),
  ].join('');
}
