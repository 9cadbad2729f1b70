import { describe, expect, it } from 'vitest';

import type { Arrival, ArrivalPlan } from '../../../shared/workload/arrivals.ts';
import { drawArrivals, scheduleSecondsAt } from '../../../shared/workload/arrivals.ts';
import { workloadFor, workloadNames } from '../../../shared/workload/named-workloads.ts';
import { oscillating, steady } from '../../../shared/workload/phase.ts';
import { expectedArrivals } from '../../../shared/workload/schedule.ts';
import {
  expectedServiceSeconds,
  paperServiceTimeModel,
} from '../../../shared/workload/service-time-model.ts';
import type { Load } from '../../../shared/workload/workload.ts';

const service = { shape: 4, meanSeconds: 1.5, noiseCv: 0 };
const swing: Load = {
  baseRatePerSecond: 5,
  arrivals: 'poisson',
  service,
  phases: [oscillating({ midpoint: 1, amplitude: 0.7, cycles: 4 }, 60), steady(0.3, 20)],
};

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function arrivalsOf(load: Load, seed: number): readonly Arrival[] {
  return drawArrivals(load, seed).arrivals;
}

/** Planned start of the window in which a task was generated: the last window that had begun by then. */
function plannedWindowStart({ clock }: ArrivalPlan, atSeconds: number): number {
  const window = clock?.realSeconds.findLastIndex((start) => start <= atSeconds) ?? -1;
  return clock?.plannedSeconds[window] ?? NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sum over cells of (seen − expected)² / expected, all seeds pooled. */
function chiSquareAgainstRate(load: Load, seedCount: number, cellSeconds: number, cells: number): number {
  const seen = new Array<number>(cells).fill(0);
  for (const seed of seeds(seedCount)) {
    for (const { atSeconds } of arrivalsOf(load, seed)) {
      const cell = Math.floor(atSeconds / cellSeconds);
      seen[cell] = (seen[cell] ?? 0) + 1;
    }
  }
  return seen.reduce((sum, count, cell) => {
    const wanted = seedCount * expectedArrivals(load, cell * cellSeconds, (cell + 1) * cellSeconds);
    return sum + (count - wanted) ** 2 / wanted;
  }, 0);
}

describe.each(workloadNames)('the tasks of %s', (name) => {
  it('come in order of time, numbered from 0', () => {
    for (const seed of seeds(20)) {
      const tasks = arrivalsOf(workloadFor(name, seed), seed);
      tasks.forEach((task, index) => {
        expect(task.index).toBe(index);
        expect(task.atSeconds).toBeGreaterThanOrEqual(tasks[index - 1]?.atSeconds ?? 0);
      });
    }
  });

  it('are the same for the same seed and others for another', () => {
    const draw = (seed: number): readonly Arrival[] => arrivalsOf(workloadFor(name, seed), seed);
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3).slice(0, 5)).not.toEqual(draw(4).slice(0, 5));
  });

  it('take the time that follows from their image side, which is one of the calibrated ones', () => {
    for (const task of arrivalsOf(workloadFor(name, 1), 1)) {
      const pixels = task.imageSidePixels ** 2;
      expect(Number.isInteger(task.imageSidePixels)).toBe(true);
      expect(task.imageSidePixels).toBeGreaterThanOrEqual(512);
      expect(task.imageSidePixels).toBeLessThanOrEqual(4096);
      expect(task.expectedServiceSeconds).toBe(expectedServiceSeconds(paperServiceTimeModel, pixels));
      expect(task.serviceSeconds).toBe(task.expectedServiceSeconds);
    }
  });
});

describe('service times', () => {
  const manySizes = seeds(60).flatMap((seed) => arrivalsOf(workloadFor('paper', seed), seed));

  it('have the mean of the clipped gamma', () => {
    // E[min(X, c)] for Gamma(4, mean 1.5) by the closed form of the Erlang tail; the lower clip is worth < 1e-4.
    const top = expectedServiceSeconds(paperServiceTimeModel, 4096 ** 2);
    const scaled = top / 0.375;
    const erlangTail = (k: number): number => {
      let term = 1;
      let sum = 1;
      for (let i = 1; i < k; i++) sum += term *= scaled / i;
      return Math.exp(-scaled) * sum;
    };
    const wanted = 1.5 * (1 - erlangTail(5)) + top * erlangTail(4);
    expect(manySizes).toHaveLength(60 * 1140);
    expect(Math.abs(mean(manySizes.map((task) => task.expectedServiceSeconds)) - wanted)).toBeLessThan(0.012);
  });

  it('reach both ends of the calibrated range', () => {
    const sides = manySizes.map((task) => task.imageSidePixels);
    expect(sides.filter((side) => side === 4096).length / sides.length).toBeGreaterThan(0.03);
    expect(sides.reduce((least, side) => Math.min(least, side))).toBeLessThan(700);
  });

  it('are noisy about the expected ones with mean ratio 1 and the coefficient of variation asked for', () => {
    const noisy = { ...swing, service: { ...service, noiseCv: 0.5 } };
    const ratios = seeds(60)
      .flatMap((seed) => arrivalsOf(noisy, seed))
      .map((task) => task.serviceSeconds / task.expectedServiceSeconds);
    expect(Math.abs(mean(ratios) - 1)).toBeLessThan(0.02);
    expect(Math.abs(Math.sqrt(mean(ratios.map((ratio) => (ratio - 1) ** 2))) - 0.5)).toBeLessThan(0.03);
  });

  it('keep arrivals and sizes when only the noise changes', () => {
    const quiet = arrivalsOf(swing, 8);
    const noisy = arrivalsOf({ ...swing, service: { ...service, noiseCv: 0.2 } }, 8);
    const visible = ({ atSeconds, imageSidePixels }: Arrival): unknown => ({ atSeconds, imageSidePixels });
    expect(noisy.map(visible)).toEqual(quiet.map(visible));
    expect(noisy.map((task) => task.serviceSeconds)).not.toEqual(quiet.map((task) => task.serviceSeconds));
  });

  it('keep the sizes, task by task, when only the schedule changes', () => {
    const sizes = arrivalsOf(swing, 8).map((task) => task.imageSidePixels);
    const busier = arrivalsOf({ ...swing, baseRatePerSecond: 9 }, 8).map((task) => task.imageSidePixels);
    expect(busier.length).toBeGreaterThan(sizes.length);
    expect(busier.slice(0, sizes.length)).toEqual(sizes);
  });
});

describe('Poisson arrivals', () => {
  it('number as many as the schedule leads one to expect, with the Poisson variance', () => {
    const wanted = expectedArrivals(swing, 0, 80);
    const counts = seeds(400).map((seed) => arrivalsOf(swing, seed).length);
    expect(Math.abs(mean(counts) - wanted)).toBeLessThan(4 * Math.sqrt(wanted / 400));
    const variance = mean(counts.map((count) => (count - wanted) ** 2));
    expect(Math.abs(variance / wanted - 1)).toBeLessThan(0.3);
  });

  it('follow the rate second by second', () => {
    // 80 cells: beyond 136 or below 41 about once in 10 000.
    const chiSquare = chiSquareAgainstRate(swing, 300, 1, 80);
    expect(chiSquare).toBeGreaterThan(41);
    expect(chiSquare).toBeLessThan(136);
  });

  it('are none while the rate is 0, also between phases that have some', () => {
    const load: Load = { ...swing, phases: [steady(1, 20), steady(0, 30), steady(1, 20)] };
    const times = arrivalsOf(load, 1).map((task) => task.atSeconds);
    expect(times.filter((seconds) => seconds >= 20 && seconds < 50)).toEqual([]);
    expect(times.some((seconds) => seconds < 20) && times.some((seconds) => seconds >= 50)).toBe(true);
    expect(arrivalsOf({ ...swing, phases: [] }, 1)).toEqual([]);
  });

  it('keep the schedule on real time', () => {
    expect(scheduleSecondsAt(drawArrivals(swing, 1), 33.3)).toBe(33.3);
  });
});

describe('counted arrivals of steady phases', () => {
  const paper = workloadFor('paper', 1);

  it('are 90, 450, 300 and 300 tasks in the windows of their phases, in every seed', () => {
    for (const seed of seeds(200)) {
      const plan = drawArrivals(paper, seed);
      const counts = [0, 0, 0, 0];
      for (const { atSeconds } of plan.arrivals) {
        const phase = Math.floor(plannedWindowStart(plan, atSeconds) / 60);
        counts[phase] = (counts[phase] ?? 0) + 1;
      }
      expect(counts).toEqual([90, 450, 300, 300]);
    }
  });

  it('begin every window that has tasks with one of them, the first window at 0 s', () => {
    const { arrivals, clock } = drawArrivals(paper, 2);
    // An empty window takes no time, so a start in real time always belongs to a window that has tasks.
    const starts = new Set(clock?.realSeconds);
    const instants = new Set(arrivals.map((task) => task.atSeconds));
    expect(arrivals[0]?.atSeconds).toBe(0);
    for (const start of [...starts].slice(0, -1)) expect(instants.has(start)).toBe(true);
  });

  it('shorten the paper by its empty windows: about 225 s, and 8 s more or less from seed to seed', () => {
    const lengths = seeds(300).map((seed) => drawArrivals(paper, seed).clock?.realSeconds.at(-1) ?? NaN);
    const spread = Math.sqrt(mean(lengths.map((length) => (length - mean(lengths)) ** 2)));
    expect(mean(lengths)).toBeGreaterThan(222);
    expect(mean(lengths)).toBeLessThan(228);
    expect(spread).toBeGreaterThan(6);
    expect(spread).toBeLessThan(11);
  });

  it('let the last window take what is left and no window more than that', () => {
    const load: Load = { ...paper, baseRatePerSecond: 1, phases: [steady(1, 3)] };
    for (const seed of seeds(300)) expect(arrivalsOf(load, seed)).toHaveLength(3);
    const single: Load = { ...paper, phases: [steady(1.5, 1)] };
    expect(arrivalsOf(single, 1)).toHaveLength(8);
  });

  it('handle a phase that is shorter than a window, and one without tasks', () => {
    const load: Load = { ...paper, phases: [steady(2, 0.4), steady(0, 10), steady(1, 2)] };
    expect(arrivalsOf(load, 1)).toHaveLength(4 + 0 + 10);
  });

  it('spread as the published logs do: windows of a phase vary nearly as Poisson counts', () => {
    const { baseRatePerSecond } = paper;
    const load: Load = { ...paper, phases: [steady(1, 60)] };
    const variances = seeds(100).map((seed) => {
      const plan = drawArrivals(load, seed);
      const counts = new Array<number>(60).fill(0);
      for (const { atSeconds } of plan.arrivals) {
        const window = plannedWindowStart(plan, atSeconds);
        counts[window] = (counts[window] ?? 0) + 1;
      }
      return mean(counts.map((count) => (count - baseRatePerSecond) ** 2));
    });
    expect(mean(variances)).toBeGreaterThan(4);
    expect(mean(variances)).toBeLessThan(9);
  });

  it('know where the schedule stands, never going back and never past the window under way', () => {
    const plan = drawArrivals(paper, 5);
    let before = -1;
    for (let seconds = 0; seconds < 260; seconds += 0.25) {
      const planned = scheduleSecondsAt(plan, seconds);
      expect(planned).toBeGreaterThanOrEqual(before);
      before = planned;
    }
    expect(scheduleSecondsAt(plan, 0)).toBeLessThan(60);
    expect(scheduleSecondsAt(plan, -1)).toBe(-1);
    expect(before).toBeGreaterThanOrEqual(240);
  });
});

describe('counted arrivals of a schedule that oscillates', () => {
  const workload = workloadFor('paper-oscillating', 1);

  it('are exactly 90, 450, 300 and 300 tasks, each phase keeping its 60 s of real time', () => {
    for (const seed of seeds(200)) {
      const counts = [0, 0, 0, 0];
      for (const { atSeconds } of arrivalsOf(workload, seed)) {
        const phase = Math.floor(atSeconds / 60);
        counts[phase] = (counts[phase] ?? 0) + 1;
      }
      expect(counts).toEqual([90, 450, 300, 300]);
    }
  });

  it('follow the documented rate second by second', () => {
    // 240 cells with four fixed totals: 236 degrees of freedom, mean 236, standard deviation 21.7.
    const chiSquare = chiSquareAgainstRate(workload, 200, 1, 240);
    expect(chiSquare).toBeGreaterThan(236 - 4 * 21.7);
    expect(chiSquare).toBeLessThan(236 + 4 * 21.7);
  });

  it('really oscillate: more than twice as many in the crests of phase 4 as in its troughs', () => {
    let crests = 0;
    let troughs = 0;
    for (const seed of seeds(40)) {
      for (const { atSeconds } of arrivalsOf(workload, seed)) {
        if (atSeconds < 180) continue;
        if ((atSeconds - 180) % 15 < 7.5) crests++;
        else troughs++;
      }
    }
    // By the integral: (1 + 1.4/π) / (1 − 1.4/π) = 2.61.
    expect(crests / troughs).toBeCloseTo(2.61, 0);
  });

  it('stay flat in the same place when the schedule is the published one', () => {
    let crests = 0;
    let troughs = 0;
    for (const seed of seeds(40)) {
      const plan = drawArrivals(workloadFor('paper', seed), seed);
      for (const { atSeconds } of plan.arrivals) {
        const planned = plannedWindowStart(plan, atSeconds) - 180;
        if (planned < 0) continue;
        if (planned % 15 < 7.5) crests++;
        else troughs++;
      }
    }
    // 32 of the 60 one-second windows begin in a crest's half: 1.14 where nothing oscillates.
    expect(crests / troughs).toBeCloseTo(32 / 28, 1);
  });
});
