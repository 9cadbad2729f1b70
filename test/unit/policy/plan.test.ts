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

function planned({
  loads = new Array<number>(7).fill(8),
  ...start
}: Partial<PlanStart> & { readonly loads?: readonly number[] }): number {
  const steady = { workers: 10, startingWorkers: 0, waitingWorkSeconds: 0, stepSeconds: 8, stepLimit: 1 };
  return firstOfCheapestPlan({ ...steady, steps: loads.map((load) => [load]), ...start }, prices);
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

test('a peak within a step calls for more workers than the mean of the step', () => {
  const steps = new Array<readonly number[]>(7).fill([4, 4, 4, 16]);
  const even = new Array<readonly number[]>(7).fill([7]);
  expect(planned({ steps, stepLimit: 8 })).toBeGreaterThan(planned({ steps: even, stepLimit: 8 }));
});

test('a worker is not started for a peak that is over before it serves', () => {
  const rest = new Array<readonly number[]>(6).fill([8]);
  const early = [[14, 8, 8, 8], ...rest];
  const late = [[8, 8, 8, 14], ...rest];
  expect(planned({ steps: early, stepLimit: 8 })).toBe(10);
  expect(planned({ steps: late, stepLimit: 8 })).toBeGreaterThan(10);
});
