import { RequestRefused, badField, problemsOf } from '../shared/io/request-refused.ts';
import type { Problem } from '../shared/io/request-refused.ts';
import { mostTasksAtOnce, submissionSchema } from '../shared/io/schemas/submission.ts';
import { checkWork } from './asked-work.ts';
import type { Submission } from './asked-work.ts';

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/**
 * Reads a JSON body of `{"tasks": [...]}` or a bare list. Either every task is well-formed or none is taken.
 *
 * @throws RequestRefused naming the index and the field of what is wrong
 */
export function readTaskList(body: Uint8Array, maxDeadlineSeconds: number): readonly Submission[] {
  const list = taskList(parseJson(body));
  const schema = submissionSchema(maxDeadlineSeconds);
  const problems: Problem[] = [];
  const submissions: Submission[] = [];
  for (const [index, item] of list.entries()) {
    try {
      submissions.push(readTask(item, `tasks[${String(index)}]`, schema));
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new RequestRefused(400, problems);
  return submissions;
}

/** JSON of a request's body. @throws RequestRefused */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    const said = error instanceof Error ? error.message.slice(0, 120) : '';
    throw badField('body', `is not JSON: ${said}`);
  }
}

function taskList(body: unknown): readonly unknown[] {
  const list: unknown = isObject(body) && Object.keys(body).join() === 'tasks' ? body['tasks'] : body;
  if (!Array.isArray(list))
    throw badField('body', 'must be {"tasks": [...]} and nothing else, or a list of tasks');
  if (list.length === 0) throw badField('tasks', 'must hold at least one task');
  if (list.length > mostTasksAtOnce) {
    throw badField(
      'tasks',
      `may hold ${String(mostTasksAtOnce)} tasks in one call, found ${String(list.length)}`,
    );
  }
  return list as readonly unknown[];
}

function readTask(item: unknown, name: string, schema: ReturnType<typeof submissionSchema>): Submission {
  const asked = schema.safeParse(item);
  if (!asked.success) throw new RequestRefused(400, problemsOf(asked.error, name));
  const input = decodeInput(asked.data.input, name);
  return checkWork(asked.data, input, { task: name, options: `${name}.options` });
}

function decodeInput(text: string | undefined, name: string): Uint8Array | undefined {
  if (text === undefined || text === '') return undefined;
  if (!BASE64.test(text) || text.length % 4 === 1) throw badField(`${name}.input`, 'is not base64');
  return Buffer.from(text, 'base64');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
