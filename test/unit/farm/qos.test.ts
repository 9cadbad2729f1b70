import { describe, expect, it } from 'vitest';
import { imbalances } from '../../../shared/farm/accounts.ts';
import { dropped } from '../../../shared/farm/counters.ts';
import { qosBetween, qosShare } from '../../../shared/farm/qos.ts';
import { someCounters } from '../../support/build-snapshot.ts';

describe('QoS', () => {
  it('is absent where nothing fell due, neither perfect nor zero', () => {
    expect(qosShare(0, 0, 0)).toBeUndefined();
  });
  it('counts a task that is overdue and still held as missed now', () => {
    expect(qosShare(3, 0, 1)).toBe(0.75);
    expect(qosShare(0, 0, 5)).toBe(0);
  });
  it('of an interval leaves out what was collected before it', () => {
    expect(qosBetween({ met: 100, missed: 0 }, { met: 101, missed: 1 }, 0)).toBe(0.5);
  });
});

describe('the books of a farm', () => {
  const held = { waiting: 1, delayed: 0, leased: 1, answered: 0 };
  const counters = someCounters({
    admitted: 5,
    enqueued: 5,
    claimed: 4,
    answered: 3,
    completed: 2,
    failed: 1,
    met: 2,
    invalid: 1,
  });

  it('balance where every task is somewhere', () => {
    expect(imbalances(counters, held)).toEqual([]);
    expect(dropped(counters, held)).toBe(0);
  });
  it('name the account that a dropped task is missing from', () => {
    const without = { ...held, waiting: 0 };
    expect(dropped(counters, without)).toBe(1);
    expect(imbalances(counters, without).map(({ account }) => account)).toEqual([
      'admitted + requeued = Results + cancelled + held',
      'enqueued = claimed + withdrawn + waiting',
    ]);
  });
  it('show a Result recorded twice as less than no task dropped', () => {
    expect(dropped({ ...counters, completed: 3 }, held)).toBe(-1);
  });
});
