import { expect, test } from 'vitest';
import { firstOfCheapestPlan } from '../../../shared/policy/plan.ts';
import type { PlanPrices, PlanStart } from '../../../shared/policy/plan.ts';

const prices: PlanPrices = {
  safetyNow: 0.5,
  safetyLater: 0.5,
  softness: 0.5,
  shortagePrice: 5,
  changePrice: 0.3,
  backlogShare: 0.5,
  startSeconds: 5.5,
};

function planned(start: Partial<PlanStart>): number {
  const steady = { workers: 10, startingWorkers: 0, waitingWorkSeconds: 0, stepSeconds: 8, stepLimit: 1 };
  return firstOfCheapestPlan({ ...steady, loads: new Array<number>(7).fill(8), ...start }, prices);
}

test('a pool that suits its load is kept', () => {
  expect(planned({})).toBe(10);
});

test('a rise beyond what one step can meet is met before it comes', () => {
  const loads = [8, 8, 8, 14, 14, 14, 14];
  expect(planned({ loads })).toBe(11);
  expect(planned({ loads, stepLimit: 8 })).toBe(10);
});

test('a pool that a fall leaves idle shrinks, as far as the step limit lets it', () => {
  const loads = new Array<number>(7).fill(3);
  expect(planned({ loads })).toBe(9);
  expect(planned({ loads, stepLimit: 4 })).toBe(6);
});

test('a short dip is not worth two changes', () => {
  expect(planned({ loads: [8, 7, 8, 8, 8, 8, 8], stepLimit: 4 })).toBe(10);
});

test('waiting work calls for workers', () => {
  expect(planned({ waitingWorkSeconds: 60, stepLimit: 8 })).toBeGreaterThan(10);
});

test('no load at all leaves one worker', () => {
  expect(planned({ loads: [0, 0, 0], workers: 1 })).toBe(1);
});
