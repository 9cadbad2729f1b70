import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { aTask, tasks } from '../../support/build-task.ts';
import { SOUND } from '../../support/queue-farm.ts';
import type { QueueFarm } from '../../support/queue-farm.ts';
import { eventually } from '../../support/worker-process.ts';
import { WorkerFixture } from './fixture.ts';

type Look = Awaited<ReturnType<QueueFarm['control']['observe']>>;

const SHORT = { expectedServiceSeconds: 0.001, deadlineSeconds: 200 };

let fixture: WorkerFixture;

beforeAll(async () => {
  fixture = await WorkerFixture.start();
});
afterEach(() => fixture.clear());
afterAll(() => fixture.stop());

/** Waits until the farm is as it should be. */
function until(farm: QueueFarm, holds: (look: Look) => boolean): Promise<true> {
  return eventually(async () => holds(await farm.control.observe(0)) || undefined);
}

test('many short tasks are each answered once, in one attempt', async () => {
  const farm = await fixture.farm();
  await farm.admit(...tasks(300, SHORT));
  await fixture.worker(farm);
  await until(farm, ({ held }) => held.answered === 300);
  const { counters } = await farm.control.observe(0);
  expect(counters).toMatchObject({ answered: 300, attemptsFailed: 0, lateAnswers: 0 });
  expect(await farm.audit()).toEqual(SOUND);
});

test('what lies behind a task that was taken for short goes to others when that takes long', async () => {
  const farm = await fixture.farm();
  const first = aTask({ ...SHORT, deadlineSeconds: 100 });
  const long = aTask({ ...SHORT, deadlineSeconds: 101, options: '{"serviceSeconds":60}' });
  await farm.admit(first, long, ...tasks(3, SHORT));
  const worker = await fixture.worker(farm, { GRACE_SECONDS: '3' });
  await until(farm, ({ counters }) => counters.handedBack >= 3);
  await fixture.worker(farm);
  await until(farm, ({ held }) => held.answered === 4);
  expect(await farm.stateOf(long.id)).toBe('leased');
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
  expect(await farm.results.read(long.id)).toMatchObject({ failedAttempts: 0 });
});
