import type { z } from 'zod';
import { RedisAway } from './redis/availability.ts';

/** What is wrong with one field of a request. */
export interface Problem {
  /** As the caller wrote it: `deadline`, `tasks[3].options.stages`. */
  readonly field: string;
  readonly message: string;
}

/** An answer as the template takes it. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

/** More problems than this are not listed: the caller has seen what kind they are. */
const PROBLEMS_SHOWN = 20;

/** A request that cannot be served as it is; the message is for the caller. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly status: number;
  readonly problems: readonly Problem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    problems: readonly Problem[] | string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    const listed = typeof problems === 'string' ? [] : problems.slice(0, PROBLEMS_SHOWN);
    super(typeof problems === 'string' ? problems : sentenceOf(problems));
    this.status = status;
    this.problems = listed;
    this.headers = headers;
  }

  get answer(): Answer {
    const { status, headers, message, problems } = this;
    const [first] = problems;
    const named = first === undefined ? {} : { field: first.field, problems };
    return { status, headers, body: { error: message, ...named } };
  }
}

/** A field holds what cannot be taken. */
export function badField(field: string, message: string): RequestRefused {
  return new RequestRefused(400, [{ field, message }]);
}

/** The answer to what went wrong in serving a request; undefined where that is a fault of ours. */
export function answerTo(error: unknown): Answer | undefined {
  if (error instanceof RequestRefused) return error.answer;
  if (error instanceof RedisAway) {
    const headers = { 'retry-after': String(error.retryAfterSeconds) };
    return { status: 503, headers, body: { error: error.message } };
  }
  if (
    error instanceof Error &&
    /^(OOM|LOADING|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN)\b/.test(error.message)
  ) {
    const headers = { 'retry-after': '5' };
    return { status: 503, headers, body: { error: `Redis takes no writes now: ${error.message}` } };
  }
  return undefined;
}

/**
 * What a schema found, with the names that the caller used.
 *
 * @param prefix of the fields, such as `tasks[3]`; empty where they stand at the top
 */
export function problemsOf(error: z.ZodError, prefix = ''): readonly Problem[] {
  return error.issues.flatMap((issue) => {
    const field = fieldName(issue.path, prefix);
    if (issue.code !== 'unrecognized_keys') return [{ field: field || 'body', message: issue.message }];
    return issue.keys.map((key) => ({
      field: joined(field, key.slice(0, 100)),
      message: 'there is no such option',
    }));
  });
}

function fieldName(path: readonly PropertyKey[], prefix: string): string {
  return path.reduce<string>(
    (name, part) => (typeof part === 'number' ? `${name}[${String(part)}]` : joined(name, String(part))),
    prefix,
  );
}

function joined(name: string, part: string): string {
  return name === '' ? part : `${name}.${part}`;
}

function sentenceOf(problems: readonly Problem[]): string {
  const shown = problems.slice(0, 3).map(({ field, message }) => `${field}: ${message}`);
  const more = problems.length > 3 ? `; and ${String(problems.length - 3)} more` : '';
  return shown.join('; ') + more;
}
