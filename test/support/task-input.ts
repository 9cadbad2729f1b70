import type { TaskInput } from '../../worker/tasks/task-type.ts';

/** What a worker would hand to `work()` for a picture. */
export function imageTask(body: Buffer | undefined, options: unknown = {}): TaskInput {
  return {
    taskId: 'task-under-test',
    type: 'image',
    options,
    ...(body === undefined ? {} : { body }),
    expectedServiceSeconds: 1,
    signal: new AbortController().signal,
  };
}
