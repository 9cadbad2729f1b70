import { describe, expect, test } from 'vitest';
import type { Lease } from '../../../shared/farm/task.ts';
import type { ClaimReply, Seat } from '../../../shared/io/redis/seat.ts';
import { aTask, tasks } from '../../support/build-task.ts';
import { farmOfEachTest } from '../../support/farm-of-each-test.ts';
import { DONE, ERROR, leaseOf } from '../../support/queue-farm.ts';
import type { QueueFarm } from '../../support/queue-farm.ts';

const HAND_SIZE = 3;
const SHORT = { expectedServiceSeconds: 0.001 };

let farm: QueueFarm;
farmOfEachTest((own) => (farm = own));

/** A worker that has answered its first task, and what it was told then: a short task and a hand full behind it. */
async function busy(name = 'a'): Promise<{ worker: Seat; doing: Lease; atHand: readonly Lease[] }> {
  const worker = await farm.worker(name);
  const first = leaseOf(await worker.claim(0));
  const { next } = await worker.answer(first, DONE, 0, HAND_SIZE);
  return { worker, doing: leaseOf(next), atHand: atHandIn(next) };
}

function atHandIn(reply: ClaimReply | undefined): readonly Lease[] {
  return reply?.kind === 'task' || reply?.kind === 'busy' ? (reply.atHand ?? []) : [];
}

function ids(leases: readonly Lease[]): readonly string[] {
  return leases.map(({ taskId }) => taskId);
}

describe('what lies at hand', () => {
  test('comes behind a short task, in the order of the queue, and is leased', async () => {
    const all = tasks(6, SHORT).map((task, index) => ({ ...task, deadlineSeconds: 10 + index }));
    await farm.admit(...all);
    const { doing, atHand } = await busy();
    expect([doing.taskId, ...ids(atHand)]).toEqual(all.slice(1, 5).map(({ id }) => id));
    expect((await farm.control.observe(0)).held).toMatchObject({ leased: 4, waiting: 1 });
  });

  test('is begun one after the other with each answer, and the last of it brings more', async () => {
    await farm.admit(...tasks(7, SHORT));
    const { worker, doing, atHand } = await busy();
    const replies: ClaimReply['kind'][] = [];
    let more: readonly Lease[] = [];
    for (const lease of [doing, ...atHand.slice(0, -1)]) {
      const { verdict, next } = await worker.answer(lease, DONE, 0, HAND_SIZE);
      expect(verdict).toBe('accepted');
      if (next) replies.push(next.kind);
      more = [...more, ...atHandIn(next)];
    }
    expect(replies).toEqual(['busy', 'busy', 'busy']);
    expect(more).toHaveLength(2);
    for (const lease of [...atHand.slice(-1), ...more]) await worker.answer(lease, DONE, 0, HAND_SIZE);
    expect((await farm.control.observe(0)).held).toMatchObject({ leased: 0, waiting: 0, answered: 7 });
  });

  test('is nothing behind a task that takes longer than a reply', async () => {
    await farm.admit(...tasks(3, { expectedServiceSeconds: 0.05 }));
    expect((await busy()).atHand).toEqual([]);
  });

  test('ends before the first task that is not short', async () => {
    const all = [0.001, 0.001, 0.001, 1, 0.001].map((expectedServiceSeconds, index) =>
      aTask({ expectedServiceSeconds, deadlineSeconds: 10 + 2 * index }),
    );
    await farm.admit(...all);
    const { atHand } = await busy();
    expect(ids(atHand)).toEqual([all[2]?.id]);
    expect(leaseOf(await (await farm.worker('b')).claim(0)).taskId).toBe(all[3]?.id);
  });

  test('is nothing for a worker that does not ask for it', async () => {
    await farm.admit(...tasks(3, SHORT));
    const worker = await farm.worker('a');
    const { next } = await worker.answer(leaseOf(await worker.claim(0)), DONE, 0);
    expect(atHandIn(next)).toEqual([]);
    expect((await farm.control.observe(0)).held).toMatchObject({ leased: 1, waiting: 1 });
  });

  test('comes again where the reply was lost and the worker asks again', async () => {
    await farm.admit(...tasks(5, SHORT));
    const { worker, doing, atHand } = await busy();
    const again = await worker.claim(0);
    expect(leaseOf(again)).toEqual(doing);
    expect(atHandIn(again)).toEqual(atHand);
  });
});

describe('the hand goes back, and no attempt is counted for what was not begun,', () => {
  test('when the lease of its worker ends', async () => {
    await farm.admit(...tasks(5, SHORT));
    await busy();
    await farm.pass(6);
    const { held, counters } = await farm.control.observe(0);
    expect(held).toMatchObject({ leased: 0, waiting: 3, delayed: 1 });
    expect(counters).toMatchObject({ handedBack: 3, attemptsFailed: 1 });
  });

  test('when its worker crashes', async () => {
    await farm.admit(...tasks(5, SHORT));
    const { worker } = await busy();
    await farm.control.workerEnded(worker.workerId, 'crashed');
    expect((await farm.control.observe(0)).counters).toMatchObject({ handedBack: 3, attemptsFailed: 1 });
  });

  test('when its worker answers and asks for nothing more', async () => {
    await farm.admit(...tasks(5, SHORT));
    const { worker, doing } = await busy();
    await worker.answer(doing, DONE);
    expect((await farm.control.observe(0)).held).toMatchObject({ leased: 0, waiting: 3, answered: 2 });
  });

  test('when its worker gives back what it does', async () => {
    await farm.admit(...tasks(5, SHORT));
    const { worker, doing } = await busy();
    expect(await worker.handBack(doing)).toBe(true);
    expect((await farm.control.observe(0)).held).toMatchObject({ leased: 0, waiting: 4 });
  });
});

test('one task at hand can be given back, and goes to a worker that waits', async () => {
  await farm.admit(...tasks(5, SHORT));
  const { worker, doing, atHand } = await busy();
  const other = await farm.worker('b');
  expect(await other.claim(5)).toEqual({ kind: 'none' });
  const [given, ...kept] = atHand as [Lease, ...Lease[]];
  expect(await worker.handBack(given)).toBe(true);
  expect(await worker.handBack(given)).toBe(false);
  expect(leaseOf(await other.waitAtInbox(5)).taskId).toBe(given.taskId);
  for (const lease of [doing, ...kept]) {
    expect((await worker.answer(lease, DONE, 0, HAND_SIZE)).verdict).toBe('accepted');
  }
});

test.each([DONE, ERROR])(
  'an answer that overtakes the one before it counts, and so does that (%o)',
  async (answer) => {
    await farm.admit(...tasks(5, SHORT));
    const { worker, doing, atHand } = await busy();
    const [overtaking] = atHand as [Lease];
    expect((await worker.answer(overtaking, answer, 0, HAND_SIZE)).verdict).toBe('accepted');
    expect((await worker.answer(doing, DONE, 0, HAND_SIZE)).verdict).toBe('accepted');
    expect((await worker.answer(overtaking, answer, 0, HAND_SIZE)).verdict).toBe('same');
    expect((await farm.control.observe(0)).counters).toMatchObject({ answered: answer === DONE ? 3 : 2 });
  },
);

test('a heartbeat of a worker that is ahead of its refused answer holds its lease', async () => {
  await farm.admit(...tasks(5, SHORT));
  const { worker, atHand } = await busy();
  expect(await worker.beat(atHand[0])).toMatchObject({ state: 'busy', holdsLease: true });
});

test('a worker that is asked to drain does what it has at hand, gets nothing more, and acknowledges', async () => {
  await farm.admit(...tasks(9, SHORT));
  const { worker, doing, atHand } = await busy();
  await farm.control.sendSyn(1, 1, { stepSeconds: 8, staleSeconds: 10 });
  const { synId = '' } = await worker.beat(doing);
  expect(await worker.acknowledge(synId)).toBe(false);
  const replies: (ClaimReply | undefined)[] = [];
  for (const lease of [doing, ...atHand]) {
    replies.push((await worker.answer(lease, DONE, 0, HAND_SIZE)).next);
  }
  expect(replies.map((reply) => reply?.kind)).toEqual(['busy', 'busy', 'busy', 'syn']);
  expect(replies.flatMap(atHandIn)).toEqual([]);
  expect(await worker.acknowledge(synId)).toBe(true);
});

test('what lay at hand behind a task that was answered late by another goes to those who wait', async () => {
  const again = aTask({ ...SHORT, deadlineSeconds: 20 });
  await farm.admit(again);
  const slow = await farm.worker('slow');
  const late = leaseOf(await slow.claim(0));
  await farm.pass(6);
  await farm.pass(2);
  await farm.admit(aTask({ ...SHORT, deadlineSeconds: 5 }), ...tasks(2, { ...SHORT, deadlineSeconds: 30 }));
  const { doing, atHand } = await busy();
  expect(doing.taskId).toBe(again.id);
  const waiting = await farm.worker('b');
  expect(await waiting.claim(5)).toEqual({ kind: 'none' });
  expect((await slow.answer(late, DONE)).verdict).toBe('accepted');
  expect(leaseOf(await waiting.waitAtInbox(5)).taskId).toBe(atHand[0]?.taskId);
});
