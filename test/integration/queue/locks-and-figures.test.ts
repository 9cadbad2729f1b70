import { describe, expect, test } from 'vitest';
import type { LockReply } from '../../../shared/io/redis/control.ts';
import { DecisionLog } from '../../../shared/io/redis/decision-log.ts';
import { Seat } from '../../../shared/io/redis/seat.ts';
import { aTask } from '../../support/build-task.ts';
import { farmOfEachTest } from '../../support/farm-of-each-test.ts';
import { DONE, INVALID, leaseOf } from '../../support/queue-farm.ts';
import type { QueueFarm } from '../../support/queue-farm.ts';

let farm: QueueFarm;

farmOfEachTest((opened) => {
  farm = opened;
});

describe('a lock', () => {
  const lock = (token: string, minimumIntervalSeconds = 0): Promise<LockReply> =>
    farm.control.lock('step', token, { holdSeconds: 10, minimumIntervalSeconds });

  test('is held by one at a time, and renewed by its holder under the same number', async () => {
    expect(await lock('a')).toEqual({ kind: 'taken', fence: 1 });
    expect(await lock('b')).toMatchObject({ kind: 'held' });
    await farm.pass(6, 'step');
    expect(await lock('a')).toEqual({ kind: 'renewed', fence: 1 });
    await farm.pass(6, 'step');
    const held = await lock('b');
    expect(held.kind === 'held' && Math.round(held.secondsLeft)).toBe(4);
  });

  test('passes on when it is given back or runs out, each time with a higher number', async () => {
    await lock('a');
    await farm.control.unlock('step', 'b');
    expect(await lock('b')).toMatchObject({ kind: 'held' });
    await farm.control.unlock('step', 'a');
    expect(await lock('b')).toEqual({ kind: 'taken', fence: 2 });
    await farm.pass(10, 'step');
    expect(await lock('c')).toEqual({ kind: 'taken', fence: 3 });
    expect(await lock('b')).toMatchObject({ kind: 'held' });
  });

  test('cannot be taken again before its minimum interval is over, whoever held it', async () => {
    await lock('a', 5);
    await farm.control.unlock('step', 'a');
    await farm.pass(2, 'step');
    const early = await lock('b', 5);
    expect(early.kind === 'early' && Math.round(early.secondsLeft)).toBe(3);
    await farm.pass(3, 'step');
    expect(await lock('b', 5)).toEqual({ kind: 'taken', fence: 2 });
  });

  test('keeps nobody waiting for a clock that was set back', async () => {
    await lock('a', 5);
    await farm.control.unlock('step', 'a');
    await farm.pass(-3600, 'step');
    expect(await lock('b', 5)).toEqual({ kind: 'taken', fence: 2 });
  });
});

describe('a decision', () => {
  test('that is sent again, because its reply was lost, has been recorded once, and none after a newer one', async () => {
    const log = new DecisionLog<string, string>(farm.store);
    expect(await log.append(1, 'one', 'first')).toBe(true);
    expect(await log.append(2, 'two', 'second')).toBe(true);
    expect(await log.append(2, 'two', 'second')).toBe(true);
    expect(await log.append(1, 'late', 'late')).toBe(false);
    expect(await log.latest(5)).toEqual(['two', 'one']);
    expect(await log.before()).toEqual({ memory: 'second', isPaused: false });
  });
});

describe('a look at the farm', () => {
  test('shows an empty farm without figures that nobody has measured', async () => {
    const snapshot = await farm.control.observe(60);
    expect(snapshot).toMatchObject({
      ...{ kind: 'snapshot', held: { waiting: 0, delayed: 0, leased: 0, answered: 0 }, workers: [] },
      ...{ overdueHeld: 0, lostWaiting: 0, waitingWorkSeconds: 0, blobBytes: 0 },
    });
    expect(snapshot).not.toHaveProperty('leastSlackSeconds');
    expect(snapshot).not.toHaveProperty('maxResponseSeconds');
    expect(snapshot).not.toHaveProperty('announced');
    expect(Math.abs(snapshot.atSeconds - Date.now() / 1000)).toBeLessThan(60);
  });

  test('tells tasks that are lost from those overdue, and the least slack among the rest', async () => {
    const [overdue, lost, safe] = [
      aTask({ deadlineSeconds: 1, expectedServiceSeconds: 0.5 }),
      aTask({ deadlineSeconds: 4, expectedServiceSeconds: 3 }),
      aTask({ deadlineSeconds: 9, expectedServiceSeconds: 2 }),
    ];
    await farm.admit(overdue, lost, safe);
    await farm.shift(2);
    const snapshot = await farm.control.observe(60);
    expect(snapshot).toMatchObject({ overdueHeld: 1, lostWaiting: 2, waitingWorkSeconds: 5.5 });
    expect(Math.round(snapshot.leastSlackSeconds ?? 0)).toBe(5);
  });

  test('counts an overdue task until its Result is recorded, and a failed one as missed', async () => {
    await farm.admit(
      aTask({ deadlineSeconds: 1 }),
      aTask({ deadlineSeconds: 2 }),
      aTask({ deadlineSeconds: 3 }),
    );
    const worker = await farm.worker('a');
    const first = leaseOf(await worker.claim(0));
    const second = leaseOf((await worker.answer(first, { ...DONE, serviceSeconds: 0.75 }, 0)).next);
    const third = leaseOf((await worker.answer(second, INVALID, 0)).next);
    await farm.shift(2.5);
    expect(await farm.control.observe(60)).toMatchObject({
      overdueHeld: 2,
      held: { answered: 2, leased: 1 },
    });
    await worker.answer(third, DONE);
    await farm.collect();
    const { counters, overdueHeld, maxResponseSeconds } = await farm.control.observe(60);
    expect(overdueHeld).toBe(0);
    expect(counters).toMatchObject({ completed: 2, failed: 1, invalid: 1, met: 1, missed: 1 });
    expect(counters).toMatchObject({ serviceSecondsSum: 0.75 });
    expect(maxResponseSeconds).toBeGreaterThanOrEqual(2.5);
    expect(counters.responseSecondsSum).toBeGreaterThanOrEqual(7.5);
  });

  test('shows what was announced', async () => {
    const rate = { fromSeconds: 5, ratePerSecond: [1, 2.5] };
    await farm.control.announce(rate, 10);
    expect((await farm.control.observe(0)).announced).toEqual(rate);
  });

  test('shows who works on what until when', async () => {
    const task = aTask({ expectedServiceSeconds: 4 });
    await farm.admit(task);
    await (await farm.worker('a')).claim(0);
    const { workers, atSeconds } = await farm.control.observe(0);
    expect(workers).toMatchObject([{ id: 'a', pod: 'pod-of-a', state: 'busy', taskId: task.id }]);
    expect(Math.round((workers[0]?.expectedFinishAtSeconds ?? 0) - atSeconds)).toBe(4);
  });

  test('counts what a worker cost from the start of its process, once', async () => {
    const seat = new Seat({ id: 'a', pod: 'pod-of-a' }, farm.store, farm.store);
    await seat.register(30);
    await farm.control.workerEnded('a', 'stopped');
    await seat.register(40);
    await farm.control.workerEnded('a', 'stopped');
    expect(Math.round((await farm.control.observe(0)).counters.workerSecondsEnded)).toBe(30);
  });
});
