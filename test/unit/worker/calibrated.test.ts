import { expect, test } from 'vitest';
import { work } from '../../../worker/tasks/calibrated.ts';
import { InvalidInput, type TaskInput } from '../../../worker/tasks/task-type.ts';

function calibratedTask(options: unknown, signal = new AbortController().signal): TaskInput {
  return { taskId: 'task-under-test', type: 'calibrated', options, expectedServiceSeconds: 0.02, signal };
}

test('a calibrated task takes at least the service time that it is told, and says so', async () => {
  const startedMs = performance.now();
  const { summary } = await work(calibratedTask({ serviceSeconds: 0.03 }));
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(30);
  expect(summary).toMatchObject({ serviceSeconds: 0.03 });
});

test('a calibrated task that is told nothing takes the expected service time', async () => {
  expect((await work(calibratedTask({}))).summary).toMatchObject({ serviceSeconds: 0.02 });
});

test('a calibrated task that is handed back stops at once', async () => {
  const handBack = new AbortController();
  const working = work(calibratedTask({ serviceSeconds: 500 }, handBack.signal));
  handBack.abort();
  await expect(working).rejects.toThrow(/abort/i);
});

test.each([{ serviceSeconds: -1 }, { serviceSeconds: 601 }, { serviceSeconds: '1' }, { seconds: 1 }, []])(
  'the options %j are invalid input',
  async (options) => {
    await expect(work(calibratedTask(options))).rejects.toThrow(InvalidInput);
  },
);
