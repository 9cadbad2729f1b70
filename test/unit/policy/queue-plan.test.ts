import { expect, test } from 'vitest';
import { firstOfCheapestQueuePlan } from '../../../shared/policy/queue-plan.ts';
import type { QueuePrices, QueueStart } from '../../../shared/policy/queue-plan.ts';
import { WaitingWork } from '../../../shared/policy/waiting-work.ts';

const prices: QueuePrices = {
  ...{ safetyNow: 0.2, safetyLater: 0, missPrice: 12, missPower: 1, changePrice: 0.3 },
  ...{ patience: 0.8, scatter: 1.2, startSeconds: 5.5 },
  ...{ waitingShare: 1, lostSeconds: 2, drainSeconds: 0.5, endPrice: 1 },
};

function planned({
  loads = new Array<number>(7).fill(8),
  ...start
}: Partial<QueueStart> & { readonly loads?: readonly number[] }): number {
  const steady = { workers: 10, startingWorkers: 0, waitingWorkSeconds: 0, stepSeconds: 8, stepLimit: 1 };
  const queue = { lostWaiting: 0, serviceSeconds: 1.5, relativeLoad: 1 };
  return firstOfCheapestQueuePlan(
    { ...steady, ...queue, steps: loads.map((load) => [load]), ...start },
    prices,
  );
}

test('a pool that suits its load is kept', () => {
  expect(planned({})).toBe(10);
});

test('a rise beyond what one step can meet is met before it comes', () => {
  const loads = [8, 8, 8, 16, 16, 16, 16];
  expect(planned({ loads })).toBe(11);
  expect(planned({ loads, stepLimit: 8 })).toBe(10);
});

test('a pool that a fall leaves idle shrinks, as far as the step limit lets it', () => {
  const loads = new Array<number>(7).fill(2);
  expect(planned({ loads })).toBe(9);
  expect(planned({ loads, stepLimit: 4 })).toBe(6);
});

test('a short dip is not worth two changes', () => {
  expect(planned({ loads: [8, 7.5, 8, 8, 8, 8, 8], stepLimit: 4 })).toBe(10);
});

test('waiting work calls for workers, tasks that are lost do not', () => {
  const patient = { serviceSeconds: 6, stepLimit: 8 };
  const behind = { ...patient, waitingWorkSeconds: 40 };
  expect(planned(behind)).toBeGreaterThan(planned(patient));
  expect(planned({ ...behind, lostWaiting: 20 })).toBe(planned(patient));
});

test('of many tasks one that is missed weighs less', () => {
  const pools = [0.3, 1, 3].map((relativeLoad) => planned({ relativeLoad, stepLimit: 8 }));
  expect(pools).toEqual(pools.toSorted((a, b) => b - a));
  expect(pools[0]).toBeGreaterThan(pools[2] ?? 0);
});

test('no load at all leaves one worker', () => {
  expect(planned({ loads: [0, 0, 0], workers: 1 })).toBe(1);
});

test.each([0.2, 1, 60, 3600])('it plans in steps of any length (%s s)', (stepSeconds) => {
  const wanted = planned({ stepSeconds, waitingWorkSeconds: 1e6, loads: [0, 1e-3, 500], stepLimit: 64 });
  expect(Number.isInteger(wanted)).toBe(true);
  expect(Math.abs(wanted - 10)).toBeLessThanOrEqual(64);
});

const rules = { partSeconds: 2, scatterSeconds: 2, missPrice: 3, highestLoad: 10, mostRoom: 20 };

test('work that finds no room costs its price, and no more work waits than there is room for', () => {
  const work = new WaitingWork(rules);
  const costs = work.atEnd(1);
  work.goBack(costs, { load: 0, capacity: 0, room: 10 });
  expect(work.read(costs, 0)).toBeCloseTo(0, 9);
  expect(work.read(costs, 4)).toBeCloseTo(4, 9);
  expect(work.read(costs, 14)).toBeCloseTo(10 + 3 * 4, 9);
});

test('arrivals scatter: costs that bend upwards are higher in expectation than at the expected work', () => {
  const work = new WaitingWork(rules);
  const costs = work.atEnd(0);
  work.goBack(costs, { load: 10, capacity: 10, room: 10 });
  expect(work.read(costs, 8)).toBeGreaterThan(0);
  expect(work.read(costs, 8)).toBeGreaterThan(work.read(costs, 2));
});
