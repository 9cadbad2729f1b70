import { expect, it } from 'vitest';
import { emptyBatch, ReplayMemory } from '../../../autoscaler/training/replay-memory.ts';
import { RandomStream } from '../../../shared/workload/random-stream.ts';

const step = (mark: number) => ({
  state: [mark],
  action: 1,
  reward: mark,
  next: [mark + 1],
  terminated: false,
});

it('draws from what it holds only, however much it could hold', () => {
  const memory = new ReplayMemory(100, 1);
  for (const mark of [5, 6, 7]) memory.add(step(mark));
  const batch = emptyBatch(50, 1);
  memory.sample(batch, new RandomStream(1, 'replay'));
  expect(memory.size).toBe(3);
  expect(new Set(batch.rewards)).toEqual(new Set([5, 6, 7]));
  for (let row = 0; row < 50; row += 1) {
    expect(batch.nextStates[row]).toBe((batch.states[row] ?? 0) + 1);
    expect(batch.continues[row]).toBe(1);
  }
});

it('lets the oldest make room, and remembers what was terminal', () => {
  const memory = new ReplayMemory(2, 1);
  for (const mark of [1, 2, 3]) memory.add({ ...step(mark), terminated: mark === 3 });
  const batch = emptyBatch(40, 1);
  memory.sample(batch, new RandomStream(1, 'replay'));
  expect(new Set(batch.rewards)).toEqual(new Set([2, 3]));
  batch.rewards.forEach((mark, row) => {
    expect(batch.continues[row]).toBe(mark === 3 ? 0 : 1);
  });
});

it('refuses a capacity that holds nothing', () => {
  expect(() => new ReplayMemory(0, 1)).toThrow('Expected capacity to be a whole number above 0; got 0.');
});
