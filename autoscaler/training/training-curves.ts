import { axes } from './pictures/chart.ts';
import type { Plot } from './pictures/chart.ts';
import { linearScale } from './pictures/scale.ts';
import { element, escaped, path, text } from './pictures/svg.ts';

const WIDTH = 960;
const PANEL = { width: 470, height: 270 } as const;

/** It stands alone: its colours follow the reader's light or dark as the report's do. */
export const PICTURE_STYLE = `svg { font: 12px system-ui, sans-serif; color-scheme: light dark; }
text { fill: #1c2430; } .tick, .note { fill: #5d6b7c; font-size: 11px; } .axis { font-weight: 600; }
.grid { stroke: #dfe4ea; } .paper { fill: #fbfbfa; }
@media (prefers-color-scheme: dark) { text { fill: #e6e9ee; } .tick, .note { fill: #9aa7b6; } .grid { stroke: #2d3642; } .paper { fill: #12161c; } }`;

const LEARNING = '#56b4e9';
const SELECTION = '#d55e00';

type Point = readonly [episodes: number, value: number];

interface Panel {
  readonly name: string;
  readonly learning: readonly Point[];
  readonly selection: readonly Point[];
}

/**
 * How a run went: what the learner met while it explored, and what its policy reached on the selection seeds.
 *
 * @param metrics lines of metrics.jsonl
 * @param evaluations lines of evaluations.jsonl
 */
export function drawTrainingCurves(metrics: readonly unknown[], evaluations: readonly unknown[]): string {
  const learned = (name: string): Point[] => pointsOf(metrics, [name]);
  const judged = (name: string): Point[] => pointsOf(evaluations, ['evaluation', name]);
  const panels: readonly Panel[] = [
    { name: 'QoS, %', learning: learned('qosPercent'), selection: judged('qosPercent') },
    { name: 'Mean workers', learning: learned('meanWorkers'), selection: judged('meanWorkers') },
    { name: 'Reward of an episode', learning: learned('reward'), selection: [] },
    { name: 'Loss (DQN), mean size of the error (SARSA)', learning: learned('loss'), selection: [] },
  ];
  const height = Math.ceil(panels.length / 2) * PANEL.height + 40;
  return `${element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${String(WIDTH)} ${String(height)}`, role: 'img' },
    element('title', {}, escaped('Training curves')),
    element('style', {}, PICTURE_STYLE),
    element('rect', { class: 'paper', width: WIDTH, height }),
    ...panels.map((panel, index) => drawPanel(panel, plotAt(index))),
    legend(height - 14),
  )}\n`;
}

function plotAt(index: number): Plot {
  const left = (index % 2) * (PANEL.width + 15) + 55;
  const top = Math.floor(index / 2) * PANEL.height + 40;
  return { left, right: left + PANEL.width - 75, top, bottom: top + PANEL.height - 85 };
}

function drawPanel({ name, learning, selection }: Panel, plot: Plot): string {
  const all = [...learning, ...selection];
  if (all.length === 0) return text(plot.left, plot.top - 10, `${name}: nothing yet`, { class: 'axis' });
  const x = linearScale(
    { low: 0, high: Math.max(...all.map(([at]) => at)) },
    { low: plot.left, high: plot.right },
  );
  const span = spanOf(all);
  const y = linearScale(span, { low: plot.bottom, high: plot.top });
  const place = ([at, value]: Point): Point => [
    x.at(at),
    y.at(Math.min(span.high, Math.max(span.low, value))),
  ];
  return [
    axes(plot, { x, y, xName: 'episodes', yName: name }),
    path(learning.map(place), { stroke: LEARNING, 'stroke-width': 1.5 }),
    ...selection.map((point) => {
      const [cx, cy] = place(point);
      return element('circle', { cx, cy, r: 3, fill: SELECTION });
    }),
  ].join('');
}

/**
 * Without the lowest twentieth of the points, which is drawn at the edge: the first episodes would flatten all others.
 * Of fewer than twenty-one points every one is in its place.
 */
function spanOf(points: readonly Point[]): { readonly low: number; readonly high: number } {
  const values = points.map(([, value]) => value).sort((one, other) => one - other);
  const at = (share: number): number => values[Math.floor(share * (values.length - 1))] ?? 0;
  return { low: at(0.05), high: values.at(-1) ?? 0 };
}

function legend(y: number): string {
  return [
    element('circle', { cx: 60, cy: y - 4, r: 4, fill: LEARNING }),
    text(70, y, 'while learning, exploring', { class: 'note' }),
    element('circle', { cx: 250, cy: y - 4, r: 4, fill: SELECTION }),
    text(260, y, 'checkpoints on the selection seeds', { class: 'note' }),
  ].join('');
}

function pointsOf(lines: readonly unknown[], names: readonly string[]): Point[] {
  return lines.flatMap((line): Point[] => {
    const episodes = fieldOf(line, 'episodes');
    const value = names.reduce<unknown>(fieldOf, line);
    return typeof episodes === 'number' && typeof value === 'number' ? [[episodes, value]] : [];
  });
}

function fieldOf(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null
    ? (from as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
