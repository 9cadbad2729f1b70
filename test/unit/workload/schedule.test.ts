import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Phase } from '../../../shared/workload/phase.ts';
import { highestMultiplier, multiplierAt, oscillating, steady } from '../../../shared/workload/phase.ts';
import { expectedArrivals, rateAt, scheduleSeconds } from '../../../shared/workload/schedule.ts';

const schedule = {
  baseRatePerSecond: 5,
  phases: [steady(0.3, 60), oscillating({ midpoint: 1, amplitude: 0.7, cycles: 4 }, 60), steady(1.5, 30)],
};

const anyPhase: fc.Arbitrary<Phase> = fc.oneof(
  fc.record({
    seconds: fc.double({ min: 1, max: 100, noNaN: true }),
    multiplier: fc.double({ min: 0, max: 3, noNaN: true }),
  }),
  fc.record({
    seconds: fc.double({ min: 1, max: 100, noNaN: true }),
    midpoint: fc.double({ min: -0.5, max: 2, noNaN: true }),
    amplitude: fc.double({ min: -2, max: 2, noNaN: true }),
    cycles: fc.constantFrom(0, 0.5, 1, 2.25, 4),
  }),
);

describe('a schedule of phases', () => {
  it('lasts as long as its phases together', () => {
    expect(scheduleSeconds(schedule)).toBe(150);
  });

  it('has the rate of the phase that is on, a boundary belonging to the later one', () => {
    expect(rateAt(schedule, 0)).toBe(1.5);
    expect(rateAt(schedule, 59.999)).toBe(1.5);
    expect(rateAt(schedule, 60)).toBe(5);
    expect(rateAt(schedule, 120)).toBe(7.5);
  });

  it('has rate 0 before its start and after its end', () => {
    expect(rateAt(schedule, -0.001)).toBe(0);
    expect(rateAt(schedule, 150)).toBe(0);
    expect(rateAt({ baseRatePerSecond: 5, phases: [] }, 0)).toBe(0);
  });

  it('swings about the midpoint as often as the phase has cycles', () => {
    // Four cycles in 60 s: crest at 3.75 s, trough at 11.25 s, and so on every 15 s.
    for (let cycle = 0; cycle < 4; cycle++) {
      expect(rateAt(schedule, 60 + 3.75 + 15 * cycle)).toBeCloseTo(8.5, 9);
      expect(rateAt(schedule, 60 + 7.5 + 15 * cycle)).toBeCloseTo(5, 9);
      expect(rateAt(schedule, 60 + 11.25 + 15 * cycle)).toBeCloseTo(1.5, 9);
    }
  });

  it('rests at 0 where the amplitude exceeds the midpoint', () => {
    const phase = oscillating({ midpoint: 0.2, amplitude: 1, cycles: 1 }, 60);
    expect(multiplierAt(phase, 45)).toBe(0);
    expect(multiplierAt(phase, 15)).toBeCloseTo(1.2, 12);
  });

  it('never exceeds its highest multiplier', () => {
    fc.assert(
      fc.property(anyPhase, fc.double({ min: 0, max: 1, noNaN: true }), (phase, part) => {
        expect(multiplierAt(phase, part * phase.seconds)).toBeLessThanOrEqual(
          highestMultiplier(phase) + 1e-12,
        );
      }),
    );
  });
});

describe('the arrivals that a schedule leads one to expect', () => {
  it('are the published counts for the documented oscillations, which swing about 1', () => {
    const slow = {
      baseRatePerSecond: 5,
      phases: [oscillating({ midpoint: 1, amplitude: 0.5, cycles: 1 }, 60)],
    };
    expect(expectedArrivals(slow, 0, 60)).toBeCloseTo(300, 9);
    expect(expectedArrivals(slow, 0, 30)).toBeCloseTo(150 + (5 * 0.5 * 60) / Math.PI, 9);
  });

  it('count only what lies within the schedule', () => {
    expect(expectedArrivals(schedule, -100, 60)).toBeCloseTo(90, 9);
    expect(expectedArrivals(schedule, 120, 1000)).toBeCloseTo(225, 9);
    expect(expectedArrivals(schedule, 200, 300)).toBe(0);
    expect(expectedArrivals(schedule, 50, 40)).toBe(0);
  });

  it('equal the numerically integrated rate over any interval of any schedule', () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(anyPhase, { minLength: 1, maxLength: 4 }), part, part, (phases, one, other) => {
        const any = { baseRatePerSecond: 3, phases };
        const length = scheduleSeconds(any);
        const from = Math.min(one, other) * length;
        const to = Math.max(one, other) * length;
        const cells = 4000;
        const width = (to - from) / cells;
        let sum = 0;
        for (let cell = 0; cell < cells; cell++) sum += rateAt(any, from + (cell + 0.5) * width) * width;
        // A cell that straddles a phase boundary is off by at most its width times the step in rate.
        expect(Math.abs(expectedArrivals(any, from, to) - sum)).toBeLessThan(1e-3 + 3 * 12 * width);
      }),
      { numRuns: 60 },
    );
  });

  it('add up over neighbouring intervals', () => {
    const whole = expectedArrivals(schedule, 10, 140);
    const parts = expectedArrivals(schedule, 10, 77.7) + expectedArrivals(schedule, 77.7, 140);
    expect(parts).toBeCloseTo(whole, 9);
  });
});
