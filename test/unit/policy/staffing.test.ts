import { describe, expect, it } from 'vitest';
import { staffing } from '../../../shared/policy/staffing.ts';
import { anObservation } from '../../support/build-snapshot.ts';

const policy = staffing({ safety: 1, backlogShare: 0.5, stepSeconds: 8 }).begin();

const seen = anObservation;

describe('staffing', () => {
  it('asks for the load and its square root', () => {
    expect(policy.decide(seen({ arrivalRatePerSecond: 9 }))).toBe(12);
    expect(policy.decide(seen({ arrivalRatePerSecond: 4.5, meanServiceSeconds: 2 }))).toBe(12);
  });
  it('adds what works off half of the backlog within a step', () => {
    expect(policy.decide(seen({ arrivalRatePerSecond: 9, waitingWorkSeconds: 32 }))).toBe(14);
  });
  it('prepares for an announced rate, and does not shrink before it', () => {
    expect(policy.decide(seen({ arrivalRatePerSecond: 1, announcedRatePerSecond: [1, 9] }))).toBe(12);
    expect(policy.decide(seen({ arrivalRatePerSecond: 9, announcedRatePerSecond: [1] }))).toBe(12);
  });
  it('asks for nothing while it is not known how long the work takes', () => {
    const { meanServiceSeconds, ...unknown } = seen({ arrivalRatePerSecond: 9 });
    expect(meanServiceSeconds).toBe(1);
    expect(policy.decide(unknown)).toBeUndefined();
  });
});
