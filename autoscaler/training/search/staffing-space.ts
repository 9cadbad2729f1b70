import type { TunedStaffingConstants } from '../../../shared/policy/tuned-staffing.ts';
import type { RandomStream } from '../../../shared/workload/random-stream.ts';

interface Range {
  readonly name: keyof TunedStaffingConstants;
  readonly low: number;
  readonly high: number;
}

/** Where the constants of the staffing rule are looked for. The floor is a share of the most workers. */
const STAFFING_SPACE: readonly Range[] = [
  { name: 'floor', low: 0, high: 0.5 },
  { name: 'margin', low: -0.2, high: 0.8 },
  { name: 'safety', low: 0, high: 2 },
  { name: 'backlogShare', low: 0, high: 2 },
  { name: 'lowQosWorkers', low: 0, high: 4 },
  { name: 'riseWeight', low: 0.05, high: 1 },
  { name: 'fallWeight', low: 0.02, high: 1 },
  { name: 'hysteresisWorkers', low: 0, high: 5 },
  { name: 'aheadSeconds', low: 1, high: 40 },
];

/** A point of the space, every coordinate from 0 to 1. */
export function pointAtRandom(stream: RandomStream): number[] {
  return STAFFING_SPACE.map(() => stream.unit());
}

/** A point near another one: some of its coordinates moved. */
export function neighbourOf(point: readonly number[], reach: number, stream: RandomStream): number[] {
  return point.map((coordinate) => {
    if (stream.unit() < 0.6) return coordinate;
    return Math.min(1, Math.max(0, coordinate + reach * stream.normal()));
  });
}

export function constantsFrom(point: readonly number[], mostWorkers: number): TunedStaffingConstants {
  const value = (name: keyof TunedStaffingConstants): number => {
    const index = STAFFING_SPACE.findIndex((range) => range.name === name);
    const { low, high } = STAFFING_SPACE[index] ?? { low: 0, high: 0 };
    // Three digits are more than the search can tell apart.
    return Number((low + (high - low) * (point[index] ?? 0)).toPrecision(3));
  };
  return {
    floor: Math.max(1, Math.round(value('floor') * mostWorkers)),
    margin: value('margin'),
    safety: value('safety'),
    backlogShare: value('backlogShare'),
    lowQosWorkers: value('lowQosWorkers'),
    riseWeight: value('riseWeight'),
    fallWeight: value('fallWeight'),
    hysteresisWorkers: value('hysteresisWorkers'),
    aheadSeconds: value('aheadSeconds'),
  };
}
