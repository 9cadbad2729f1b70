import type { TaskId } from '../farm/task.ts';
import { randomToken } from './random-token.ts';

/** What an id in a path must look like; anything else names no task. */
const TASK_ID = /^[A-Za-z0-9_-]{1,64}$/;

export function isTaskId(text: string): text is TaskId {
  return TASK_ID.test(text);
}

export function newTaskId(): TaskId {
  return randomToken();
}
