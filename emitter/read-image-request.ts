import { durationSeconds } from '../shared/io/duration.ts';
import { RequestRefused, badField, problemsOf } from '../shared/io/request-refused.ts';
import { imageOptionsFromText } from '../shared/io/schemas/image-options.ts';
import { submissionSchema } from '../shared/io/schemas/submission.ts';
import type { FunctionRequest } from '../template/farm-node22/contract.ts';
import { checkWork } from './asked-work.ts';
import type { Submission } from './asked-work.ts';

/** Parameters that every task has; all others are options of its type. */
const COMMON = new Set(['type', 'deadline', 'deadlineFactor', 'lost', 'expectedServiceSeconds']);

const HEADER_PREFIX = 'x-farmhand-';

/**
 * Reads a request whose body is the input of one task, an image unless `type` says otherwise.
 *
 * An option is a parameter of the query (`deadlineFactor=2`) or a header (`X-Farmhand-Deadline-Factor: 2`); the query
 * wins. The idempotency key is in the header `Idempotency-Key`.
 */
export function readImageRequest(request: FunctionRequest, maxDeadlineSeconds: number): Submission {
  const parameters = flatParameters(request);
  const options = [...parameters].filter(([name]) => !COMMON.has(name));
  const key = request.headers['idempotency-key'];
  const asked = submissionSchema(maxDeadlineSeconds).safeParse({
    type: parameters.get('type') ?? 'image',
    options: imageOptionsFromText(options),
    ...deadline(parameters.get('deadline')),
    ...number('deadlineFactor', parameters),
    ...number('expectedServiceSeconds', parameters),
    ...(parameters.has('lost') ? { lost: parameters.get('lost') } : {}),
    ...(key === undefined ? {} : { idempotencyKey: key }),
  });
  if (!asked.success) {
    const problems = problemsOf(asked.error).map(({ field, message }) => ({
      field: asWritten(field),
      message,
    }));
    throw new RequestRefused(400, problems);
  }
  const input = request.body.byteLength === 0 ? undefined : request.body;
  return checkWork(asked.data, input, { task: '', options: '' });
}

function flatParameters({ query, headers }: FunctionRequest): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(HEADER_PREFIX) || value === undefined) continue;
    parameters.set(camelCase(name.slice(HEADER_PREFIX.length)), String(value));
  }
  const seen = new Set<string>();
  for (const [name, value] of query) {
    if (seen.has(name)) throw badField(name.slice(0, 100), 'is given twice');
    seen.add(name);
    parameters.set(name, value);
  }
  return parameters;
}

function camelCase(headerName: string): string {
  return headerName.replaceAll(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase());
}

function deadline(text: string | undefined): { deadlineSeconds?: number } {
  if (text === undefined) return {};
  const seconds = durationSeconds(text);
  if (seconds === undefined) {
    throw badField('deadline', 'must be like 5s, 800ms, 2m, or a plain number of seconds above 0');
  }
  return { deadlineSeconds: seconds };
}

/** Text that is no number stays text, which the schema refuses by name. */
function number(name: string, parameters: ReadonlyMap<string, string>): Record<string, unknown> {
  const text = parameters.get(name);
  if (text === undefined) return {};
  return { [name]: /^\d{1,12}(\.\d{1,12})?$/.test(text) ? Number(text) : text };
}

function asWritten(field: string): string {
  if (field === 'deadlineSeconds') return 'deadline';
  if (field === 'idempotencyKey') return 'Idempotency-Key';
  return field.replace(/^options\./, '');
}
