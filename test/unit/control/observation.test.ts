import { describe, expect, it } from 'vitest';
import { observe } from '../../../shared/control/observation.ts';
import { aSnapshot, someCounters } from '../../support/build-snapshot.ts';

const before = aSnapshot();

describe('an observation', () => {
  it('divides by the time that really passed', () => {
    const now = aSnapshot({ atSeconds: 1020, counters: someCounters({ admitted: 40 }) });
    expect(observe(before, now, 8)?.arrivalRatePerSecond).toBe(2);
  });
  it('is absent where no time has passed, or the farm was made anew in between', () => {
    expect(observe(before, before, 8)).toBeUndefined();
    const older = aSnapshot({ counters: someCounters({ admitted: 7 }) });
    expect(observe(older, aSnapshot({ atSeconds: 1008 }), 8)).toBeUndefined();
  });
  it('has no QoS and no service time where nothing fell due and nothing was served', () => {
    const seen = observe(before, aSnapshot({ atSeconds: 1008 }), 8);
    expect(seen).toBeDefined();
    expect(seen).not.toHaveProperty('qos');
    expect(seen).not.toHaveProperty('meanServiceSeconds');
  });
  it('sees a stalled farm fail: what is overdue and still held counts as missed', () => {
    expect(observe(before, aSnapshot({ atSeconds: 1008, overdueHeld: 3 }), 8)?.qos).toBe(0);
  });
  it('takes the service time of the interval, and of all time where nothing was collected in it', () => {
    const counters = someCounters({ completed: 4, serviceSecondsSum: 8 });
    const later = someCounters({ completed: 6, serviceSecondsSum: 9 });
    const at = (seconds: number, c = counters) => aSnapshot({ atSeconds: seconds, counters: c });
    expect(observe(at(1000), at(1008, later), 8)?.meanServiceSeconds).toBe(0.5);
    expect(observe(at(1000), at(1008), 8)?.meanServiceSeconds).toBe(2);
  });
  it('does not count workers that are on their way out', () => {
    const workforce = { starting: 0, idle: 0, busy: 1, draining: 1, drained: 1 };
    const seen = observe(
      before,
      aSnapshot({ atSeconds: 1008, workforce, pool: { desired: 3, present: 3, ready: 3 } }),
      8,
    );
    expect(seen).toMatchObject({ workers: 1, busyWorkers: 1 });
  });
  it('looks ahead one step at the announced rate, and sees none where the announcement has run out', () => {
    const announced = { fromSeconds: 1000, ratePerSecond: [1, 1, 5, 1, 1, 1, 1, 1, 1, 1, 9, 1] };
    expect(observe(before, aSnapshot({ atSeconds: 1001, announced }), 4)?.announcedRatePerSecond).toBe(5);
    expect(observe(before, aSnapshot({ atSeconds: 1030, announced }), 4)).not.toHaveProperty(
      'announcedRatePerSecond',
    );
  });
});
