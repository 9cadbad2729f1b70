import { describe, expect, it } from 'vitest';
import { chooseTask } from '../../../shared/farm/dispatch-order.ts';
import type { Candidate, DispatchOrder } from '../../../shared/farm/dispatch-order.ts';

const NOW = 100;

function waiting(
  ...tasks: readonly (readonly [id: string, generatedAt: number, latestStart: number, service: number])[]
): Candidate[] {
  return tasks.map(([id, generatedAtSeconds, latestStartSeconds, expectedServiceSeconds]) => ({
    id,
    generatedAtSeconds,
    latestStartSeconds,
    expectedServiceSeconds,
  }));
}

function next(
  order: DispatchOrder,
  tasks: readonly Candidate[],
  options: { claimNumber?: number; othersFreeAt?: readonly number[] } = {},
) {
  const moment = {
    nowSeconds: NOW,
    claimNumber: options.claimNumber ?? 1,
    othersFreeAtSeconds: options.othersFreeAt ?? [],
  };
  return chooseTask(tasks, moment, { order, lostShare: 4, triageLimit: 32 })?.id;
}

describe('the next task', () => {
  it('is none where none waits', () => {
    expect(next('fifo', [])).toBeUndefined();
    expect(next('deadline', [])).toBeUndefined();
    expect(next('triage', [])).toBeUndefined();
  });
  it('by fifo is the oldest, whatever its deadline', () => {
    expect(next('fifo', waiting(['new', 99, 101, 1], ['old', 90, 500, 1]))).toBe('old');
  });
  it('by deadline is the one with the least slack among those that can still make it', () => {
    expect(
      next('deadline', waiting(['lost', 80, 99.9, 1], ['tight', 99, 100, 1], ['loose', 90, 120, 1])),
    ).toBe('tight');
  });
  it('is the one lost for longest where all are lost', () => {
    const lost = waiting(['lately', 80, 99, 1], ['long ago', 90, 95, 1]);
    expect(next('deadline', lost)).toBe('long ago');
    expect(next('triage', lost)).toBe('long ago');
  });
  it('is, at every fourth claim, one that has been lost for more than 20 s', () => {
    const tasks = waiting(['forgotten', 10, 79.9, 1], ['tight', 99, 101, 1]);
    expect(next('deadline', tasks, { claimNumber: 3 })).toBe('tight');
    expect(next('deadline', tasks, { claimNumber: 4 })).toBe('forgotten');
    expect(next('triage', tasks, { claimNumber: 8 })).toBe('forgotten');
  });
  it('at a fourth claim is an ordinary one where none has been lost for that long', () => {
    expect(next('deadline', waiting(['lost', 10, 80, 1], ['tight', 99, 101, 1]), { claimNumber: 4 })).toBe(
      'tight',
    );
  });
});

describe('triage', () => {
  it('gives up the longest where one worker cannot make them all', () => {
    const tasks = waiting(['long', 90, 100, 5], ['short', 90, 102, 1], ['shorter', 90, 103, 0.5]);
    expect(next('deadline', tasks)).toBe('long');
    expect(next('triage', tasks)).toBe('short');
  });
  it('keeps the long one where another worker is free in time for the rest', () => {
    const tasks = waiting(['long', 90, 100, 5], ['short', 90, 102, 1]);
    expect(next('triage', tasks, { othersFreeAt: [101] })).toBe('long');
    expect(next('triage', tasks, { othersFreeAt: [103] })).toBe('short');
  });
  it('counts a worker that is past its expected finish as free now, not in the past', () => {
    const tasks = waiting(['long', 90, 100, 5], ['short', 90, 100, 1], ['third', 90, 100.5, 1]);
    expect(next('triage', tasks, { othersFreeAt: [50] })).toBe('short');
  });
});
