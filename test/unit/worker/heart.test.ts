import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Lease } from '../../../shared/farm/task.ts';
import type { BeatReply } from '../../../shared/io/redis/seat.ts';
import { Heart } from '../../../worker/heart.ts';

const IDLE: BeatReply = { state: 'idle', holdsLease: false };
const lease = { leaseId: 'lease-1', taskId: 'task-1' } as Lease;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A heart whose Redis answers when the test says so. */
function aHeart(current: () => Lease | undefined = () => undefined) {
  const answers: ((reply: BeatReply) => void)[] = [];
  const told: string[] = [];
  const heart = new Heart({
    seat: {
      beat: () => new Promise((resolve) => answers.push(resolve)),
      register: () => {
        told.push('registered');
        return Promise.resolve();
      },
    },
    lease: current,
    onBeat: ({ state }) => told.push(state),
    onLostLease: ({ leaseId }) => told.push(`lost ${leaseId}`),
    onError: () => told.push('error'),
  });
  const answer = async (reply: BeatReply): Promise<void> => {
    answers.pop()?.(reply);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { heart, answers, told, answer };
}

test('while Redis is away the beats do not pile up', async () => {
  const { heart, answers, told, answer } = aHeart();
  heart.start();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(answers).toHaveLength(1);
  await answer(IDLE);
  expect(told).toEqual(['idle']);
  await vi.advanceTimersByTimeAsync(1000);
  expect(answers).toHaveLength(1);
  heart.stop();
});

test('a worker that the registry has forgotten enters again', async () => {
  const { heart, told, answer } = aHeart();
  heart.start();
  await vi.advanceTimersByTimeAsync(1000);
  await answer({ state: 'unknown', holdsLease: false });
  expect(told).toEqual(['registered', 'unknown']);
  heart.stop();
});

test('a worker that has left does not enter again by a late reply', async () => {
  const { heart, told, answer } = aHeart();
  heart.start();
  await vi.advanceTimersByTimeAsync(1000);
  heart.stop();
  await answer({ state: 'unknown', holdsLease: false });
  expect(told).toEqual([]);
});

test('a lost lease is said once', async () => {
  const { heart, told, answer } = aHeart(() => lease);
  heart.start();
  for (let beat = 0; beat < 3; beat += 1) {
    await vi.advanceTimersByTimeAsync(1000);
    await answer(IDLE);
  }
  expect(told).toEqual(['lost lease-1', 'idle', 'idle', 'idle']);
  heart.stop();
});
