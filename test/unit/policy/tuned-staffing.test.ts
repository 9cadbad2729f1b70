import { describe, expect, it } from 'vitest';
import { timetable } from '../../../shared/policy/timetable.ts';
import { tunedStaffing } from '../../../shared/policy/tuned-staffing.ts';
import { anObservation } from '../../support/build-snapshot.ts';

const plain = {
  floor: 2,
  margin: 0,
  safety: 1,
  backlogShare: 0.5,
  lowQosWorkers: 3,
  riseWeight: 1,
  fallWeight: 0.5,
  hysteresisWorkers: 2,
  aheadSeconds: 10,
};

const begun = (overrides = {}): ReturnType<ReturnType<typeof tunedStaffing>['begin']> =>
  tunedStaffing({ ...plain, ...overrides }).begin();

describe('the tuned staffing rule', () => {
  it('asks for the load, its square root and a share of the backlog', () => {
    expect(begun().decide(anObservation({ offeredLoad: 9 }))).toBe(12);
    expect(begun().decide(anObservation({ offeredLoad: 9, waitingWorkSeconds: 32 }))).toBe(14);
  });

  it('adds workers while QoS is low, and only then', () => {
    expect(begun().decide(anObservation({ offeredLoad: 9, qos: 0.9 }))).toBe(15);
    expect(begun().decide(anObservation({ offeredLoad: 9, qos: 0.96 }))).toBe(12);
  });

  it('follows a load down more slowly than up', () => {
    const rule = begun();
    rule.decide(anObservation({ offeredLoad: 4 }));
    expect(rule.decide(anObservation({ offeredLoad: 16 }))).toBe(20);
    expect(rule.decide(anObservation({ offeredLoad: 2, workers: 20 }))).toBe(12);
  });

  it('shrinks only when the pool is larger than needed by more than its hysteresis', () => {
    expect(begun().decide(anObservation({ offeredLoad: 9, workers: 14 }))).toBe(14);
    expect(begun().decide(anObservation({ offeredLoad: 9, workers: 15 }))).toBe(12);
  });

  it('prepares for the highest rate that is announced within its time', () => {
    const announcedRatePerSecond = [...Array<number>(9).fill(1), 9, 100];
    expect(begun().decide(anObservation({ offeredLoad: 1, announcedRatePerSecond }))).toBe(12);
  });

  it('keeps the pool while neither load is known, and the floor in any case', () => {
    const nothing = anObservation();
    Reflect.deleteProperty(nothing, 'offeredLoad');
    expect(begun().decide(nothing)).toBeUndefined();
    expect(begun().decide(anObservation({ offeredLoad: 0, workers: 9 }))).toBe(2);
  });
});

describe('a timetable', () => {
  it('goes by the step alone, and stays at its last figure', () => {
    const decider = timetable([3, 5]).begin();
    const asked = [1, 2, 3].map(() => decider.decide(anObservation()));
    expect(asked).toEqual([3, 5, 5]);
  });
});
