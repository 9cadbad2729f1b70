import { describe, expect, it } from 'vitest';
import type { PoolMember, PoolState } from '../../../autoscaler/pool.ts';
import {
  freeMembers,
  hasLeft,
  removableNow,
  unreadyWorkers,
} from '../../../autoscaler/pool-reconciliation.ts';
import type { WorkerRecord, WorkerState } from '../../../shared/farm/worker.ts';

function worker(pod: string, state: WorkerState, removing?: true): WorkerRecord {
  const times = { startedAtSeconds: 0, heartbeatAtSeconds: 0 };
  return { id: `worker-of-${pod}`, pod, state, ...times, ...(removing === undefined ? {} : { removing }) };
}

function ready(pod: string): PoolMember {
  return { pod, ready: true };
}

function unready(pod: string): PoolMember {
  return { pod, ready: false };
}

function pool(desired: number, ...members: PoolMember[]): PoolState {
  return { desired, members };
}

describe('a worker', () => {
  it('whose pod is going has left, whatever its heartbeat says', () => {
    expect(hasLeft(worker('gone', 'idle'), pool(1, ready('a')))).toBe(true);
  });

  it('whose removal was asked for has left while the pool is still too large', () => {
    expect(hasLeft(worker('a', 'drained', true), pool(1, ready('a'), ready('b')))).toBe(true);
  });

  it('whose removal was marked and never asked for has not', () => {
    expect(hasLeft(worker('a', 'drained', true), pool(2, ready('a'), ready('b')))).toBe(false);
  });

  it('is judged by its own part of the pool', () => {
    const member = (pod: string, part: string): PoolMember => ({ ...ready(pod), part });
    const members = [
      member('a', 'first'),
      member('b', 'first'),
      member('c', 'second'),
      member('d', 'second'),
    ];
    const parts = new Map([
      ['first', 2],
      ['second', 1],
    ]);
    const state = { desired: 3, members, parts };
    expect(hasLeft(worker('a', 'drained', true), state)).toBe(false);
    expect(hasLeft(worker('c', 'drained', true), state)).toBe(true);
  });
});

describe('a member without an entry in the registry', () => {
  it('may go without a drain, one that is not ready first', () => {
    const state = pool(4, ready('a'), ready('starting'), unready('pending'));
    expect(freeMembers(state, [worker('a', 'busy')])).toEqual({
      missing: 1,
      members: [unready('pending'), ready('starting')],
    });
  });
});

describe('a worker at work in a pod that is not ready', () => {
  const state = pool(2, ready('a'), unready('b'));
  const drained = worker('a', 'drained');

  it('has to drain first', () => {
    expect(unreadyWorkers(state, [drained, worker('b', 'busy')]).map(({ pod }) => pod)).toEqual(['b']);
  });

  it('keeps one that has drained from being removed: Kubernetes would take the other', () => {
    expect(removableNow([drained], state, [drained, worker('b', 'busy')])).toEqual([]);
  });

  it('keeps nobody once it has drained itself', () => {
    const both = [drained, worker('b', 'drained')];
    expect(removableNow(both, state, both)).toEqual(both);
  });

  it('does not keep one whose pod is not ready either: among those the mark decides', () => {
    const neither = pool(2, unready('a'), unready('b'));
    expect(removableNow([drained], neither, [drained, worker('b', 'busy')])).toEqual([drained]);
  });
});

it('A worker that has drained in a pod that is gone is not removed again', () => {
  const gone = worker('gone', 'drained');
  expect(removableNow([gone], pool(1, ready('replacement')), [gone])).toEqual([]);
});
