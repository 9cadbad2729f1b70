import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NoThread, TaskRunner } from '../../../worker/task-runner.ts';
import type { ThreadTask } from '../../../worker/thread-message.ts';

const folder = join(import.meta.dirname, '..', '..', 'integration', 'worker', 'task-types');
const never = new AbortController().signal;

let crashes: string[];
let runner: TaskRunner;

function open(settings: object = {}): TaskRunner {
  return new TaskRunner({ folder, heapMebibytes: 64, timeoutSeconds: 0, ...settings }, (reason) =>
    crashes.push(reason),
  );
}

function task(type: string, options: unknown = { serviceSeconds: 0 }): ThreadTask {
  return { taskId: 'task', type, options, expectedServiceSeconds: 1 };
}

beforeEach(() => {
  crashes = [];
});
afterEach(() => {
  runner.close();
});

test('one warm thread does one task after the other', async () => {
  runner = open();
  expect(await runner.ready()).toMatchObject({
    types: ['blocks', 'calibrated', 'exits', 'hoards', 'image', 'throws'],
  });
  for (let at = 0; at < 3; at += 1) {
    expect(await runner.run(task('calibrated'), never)).toMatchObject({ kind: 'done', outputs: [] });
  }
  expect(crashes).toEqual([]);
});

test('a thread that ends takes its task along, and the next task has another thread', async () => {
  runner = open();
  expect(await runner.run(task('exits'), never)).toMatchObject({ kind: 'error' });
  expect(await runner.run(task('calibrated'), never)).toMatchObject({ kind: 'done' });
  expect(crashes).toEqual(["the task's thread ended by itself, with exit code 3"]);
});

test.each([
  ['waits', 'calibrated'],
  ['blocks', 'blocks'],
])('a task that %s is abandoned when it is to go back, and no crash is counted', async (_name, type) => {
  runner = open();
  await runner.ready();
  const handBack = new AbortController();
  const outcome = runner.run(task(type, { serviceSeconds: 600 }), handBack.signal);
  handBack.abort();
  expect(await outcome).toEqual({ kind: 'abandoned' });
  expect(await runner.run(task('calibrated'), never)).toMatchObject({ kind: 'done' });
  expect(crashes).toEqual([]);
});

test('a thread that cannot start is not the fault of a task', async () => {
  runner = open({ folder: join(folder, 'nowhere') });
  await expect(runner.run(task('calibrated'), never)).rejects.toThrow(NoThread);
});
