import type { ResultStore } from '../shared/io/redis/result-store.ts';
import type { Submissions } from '../shared/io/redis/submissions.ts';
import { RequestRefused } from '../shared/io/request-refused.ts';
import type { Answer } from '../shared/io/request-refused.ts';

/** `GET /tasks/<id>`: where a task is; its Result is the collector's to show. */
export async function readTask(id: string, results: ResultStore): Promise<Answer> {
  const found = await results.read(id);
  if (found === undefined) throw unknownTask();
  const { taskId, status, type } = found;
  return { status: 200, body: { task: taskId, status, type, result: `/results/${taskId}` } };
}

/** `DELETE /tasks/<id>`: cancels a task that no worker has yet; asking twice is the same as asking once. */
export async function cancelTask(id: string, submissions: Submissions, keepSeconds: number): Promise<Answer> {
  const state = await submissions.cancel(id, keepSeconds);
  if (state === undefined) throw unknownTask();
  if (state === 'cancelled') return { status: 200, body: { task: id, status: state } };
  const error = `only a task that waits can be cancelled; this one is ${state}`;
  return { status: 409, body: { error, task: id, status: state } };
}

function unknownTask(): RequestRefused {
  return new RequestRefused(404, 'there is no such task, or it has expired');
}
