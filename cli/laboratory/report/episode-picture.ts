import { axes } from '../../../autoscaler/training/pictures/chart.ts';
import type { Plot } from '../../../autoscaler/training/pictures/chart.ts';
import { linearScale } from '../../../autoscaler/training/pictures/scale.ts';
import { element, escaped, picture, stairs, text } from '../../../autoscaler/training/pictures/svg.ts';
import type { Workload } from '../../../shared/workload/workload.ts';
import { episodeSeconds } from '../../../shared/workload/workload.ts';
import type { TracePoint } from './episode-trace.ts';

export interface Trace {
  readonly policy: string;
  readonly colour: string;
  readonly points: readonly TracePoint[];
}

const SIZE = { width: 860, height: 640 };
const LEFT = 64;
const LETTER_WIDTH = 7;
const RIGHT = 836;
const ARRIVALS: Plot = { left: LEFT, right: RIGHT, top: 34, bottom: 150 };
const POOL: Plot = { left: LEFT, right: RIGHT, top: 226, bottom: 400 };
const QUEUE: Plot = { left: LEFT, right: RIGHT, top: 476, bottom: 592 };

/**
 * Arrivals, pools and queues of one episode, below each other on one axis of time.
 *
 * @param planned rate of the emitter, second by second: where its clock slips, the plan slips with it
 */
export function episodePicture(
  workload: Workload,
  planned: readonly number[],
  traces: readonly Trace[],
): string {
  return picture(
    SIZE,
    'One episode: arrivals, workers and waiting tasks',
    arrivals(workload, planned, traces[0]),
    panel(POOL, 'workers', traces, { workload, figure: ({ workers }) => workers }),
    panel(QUEUE, 'waiting tasks', traces, { workload, figure: ({ waitingTasks }) => waitingTasks }),
  );
}

/** Who has which colour, on the line of the second panel's name: for a picture without a page about it. */
export function episodeLegend(traces: readonly Trace[]): string {
  let x = POOL.left + 126;
  return traces
    .map(({ policy, colour }) => {
      const at = x;
      x += LETTER_WIDTH * policy.length + 24;
      return text(at, POOL.top - 10, policy, { style: `fill:${colour}`, class: 'name' });
    })
    .join('');
}

function arrivals(workload: Workload, planned: readonly number[], trace: Trace | undefined): string {
  const counted = (trace?.points ?? []).slice(1);
  const most = Math.max(...planned, ...counted.map(({ arrivalsPerSecond }) => arrivalsPerSecond));
  const { x, y } = scales(ARRIVALS, workload, most);
  const bars = counted.map((point, index) => {
    const from = trace?.points[index]?.atSeconds ?? 0;
    const top = y.at(point.arrivalsPerSecond);
    const width = Math.max(0.5, x.at(point.atSeconds) - x.at(from) - 1);
    return element('rect', {
      x: x.at(from),
      y: top,
      width,
      height: ARRIVALS.bottom - top,
      class: 'arrivals',
    });
  });
  const plan = planned.map((rate, second) => [x.at(second), y.at(rate)] as const);
  return (
    axes(ARRIVALS, { x, y, xName: '', yName: 'arrivals per second: counted, and as planned' }) +
    bars.join('') +
    stairs(plan, { class: 'planned' })
  );
}

function panel(
  plot: Plot,
  name: string,
  traces: readonly Trace[],
  { workload, figure }: { readonly workload: Workload; readonly figure: (point: TracePoint) => number },
): string {
  const most = Math.max(1, ...traces.flatMap(({ points }) => points.map(figure)));
  const { x, y } = scales(plot, workload, most);
  const lines = traces.map(({ policy, colour, points }) => {
    const places = points.map((point) => [x.at(point.atSeconds), y.at(figure(point))] as const);
    return element(
      'g',
      {},
      element('title', {}, escaped(policy)),
      stairs(places, { stroke: colour, class: 'trace' }),
    );
  });
  return axes(plot, { x, y, xName: plot === QUEUE ? 'seconds' : '', yName: name }) + lines.join('');
}

function scales(
  plot: Plot,
  workload: Workload,
  most: number,
): { readonly x: ReturnType<typeof linearScale>; readonly y: ReturnType<typeof linearScale> } {
  const { left, right, top, bottom } = plot;
  return {
    x: linearScale({ low: 0, high: episodeSeconds(workload) }, { low: left, high: right }, 8),
    y: linearScale({ low: 0, high: most * 1.05 }, { low: bottom, high: top }, 4),
  };
}
