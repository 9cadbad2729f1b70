import { describe, expect, it } from 'vitest';
import { observe, remember } from '../../../shared/control/observation.ts';
import { aSnapshot, someCounters } from '../../support/build-snapshot.ts';

const before = { before: aSnapshot() };

describe('an observation', () => {
  it('divides by the time that really passed', () => {
    const now = aSnapshot({ atSeconds: 1020, counters: someCounters({ admitted: 40 }) });
    expect(observe(before, now).arrivalRatePerSecond).toBe(2);
  });
  it('has no rates at the first look, where no time has passed, and where the farm was made anew', () => {
    const older = { before: aSnapshot({ counters: someCounters({ admitted: 7 }) }) };
    const later = aSnapshot({ atSeconds: 1008 });
    for (const seen of [observe({}, later), observe(before, aSnapshot()), observe(older, later)]) {
      expect(seen).not.toHaveProperty('arrivalRatePerSecond');
      expect(seen).toMatchObject({ workers: 2, waitingTasks: 0 });
    }
  });
  it('has no QoS and no service time where nothing fell due and nothing was served', () => {
    const seen = observe(before, aSnapshot({ atSeconds: 1008 }));
    expect(seen).toBeDefined();
    expect(seen).not.toHaveProperty('qos');
    expect(seen).not.toHaveProperty('meanServiceSeconds');
  });
  it('sees a stalled farm fail: what is overdue and still held counts as missed', () => {
    expect(observe(before, aSnapshot({ atSeconds: 1008, overdueHeld: 3 })).qos).toBe(0);
  });
  it('takes the service time of the interval, and of all time where nothing was collected in it', () => {
    const counters = someCounters({ completed: 4, serviceSecondsSum: 8 });
    const later = someCounters({ completed: 6, serviceSecondsSum: 9 });
    const at = (seconds: number, c = counters) => aSnapshot({ atSeconds: seconds, counters: c });
    expect(observe({ before: at(1000) }, at(1008, later)).meanServiceSeconds).toBe(0.5);
    expect(observe({ before: at(1000) }, at(1008)).meanServiceSeconds).toBe(2);
  });
  it('does not count workers that are on their way out', () => {
    const workforce = { starting: 0, idle: 0, busy: 1, draining: 1, drained: 1 };
    const seen = observe(
      before,
      aSnapshot({ atSeconds: 1008, workforce, pool: { desired: 3, present: 3, ready: 3 } }),
    );
    expect(seen).toMatchObject({ workers: 1, busyWorkers: 1 });
  });
  it('shows the announced rate from now on, and none where the announcement has run out', () => {
    const announced = { fromSeconds: 1000, ratePerSecond: [1, 2, 3, 4] };
    const at = (atSeconds: number) => observe(before, aSnapshot({ atSeconds, announced }));
    expect(at(1002.5).announcedRatePerSecond).toEqual([3, 4]);
    expect(at(1030)).not.toHaveProperty('announcedRatePerSecond');
  });
  it('smooths the offered load over the looks, and remembers when the pool was last changed', () => {
    const at = (seconds: number, admittedWorkSeconds: number) =>
      aSnapshot({ atSeconds: seconds, counters: someCounters({ admitted: 9, admittedWorkSeconds }) });
    const first = remember({}, at(1000, 0), true);
    const second = remember(first, at(1010, 40), false);
    const seen = observe(second, at(1020, 40));
    expect(seen).toMatchObject({ offeredLoad: 0, offeredLoadFast: 2, secondsSinceAction: 20 });
    expect(seen.offeredLoadSlow).toBeCloseTo(3.4, 12);
  });
});
