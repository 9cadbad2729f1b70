import { z } from 'zod';
import type { LostPolicy } from '../../farm/task.ts';
import { durationText } from '../duration.ts';

/** Tasks in one call. */
export const mostTasksAtOnce = 1000;

/** JSON text of one task's options: they are carried in the queue, not beside it. */
export const largestOptionsBytes = 16_384;

/** A task as it was asked for; whether its options and its input fit its type is still to be seen. */
export interface AskedTask {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly deadlineSeconds?: number | undefined;
  readonly deadlineFactor?: number | undefined;
  readonly expectedServiceSeconds?: number | undefined;
  readonly lost: LostPolicy;
  readonly idempotencyKey?: string | undefined;
  /** Base64; absent where the task has none, or brings it as the body of its request. */
  readonly input?: string | undefined;
}

/** Names the file `worker/tasks/<type>.ts`. */
const taskType = z
  .string('must be the name of a task type')
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the name of a task type: a-z, 0-9 and -, at most 63 long');

const idempotencyKey = z
  .string('must be text')
  .regex(/^[\x20-\x7e]{1,200}$/, 'must be 1 to 200 printable ASCII characters');

const shortestDeadlineSeconds = 0.001;
const longestExpectedSeconds = 86_400;

function seconds(least: number, most: number) {
  const expected = `must be a time from ${durationText(least)} to ${durationText(most)}`;
  return z.number(expected).min(least, expected).max(most, expected);
}

/**
 * What can be asked of every task, whatever its type. The options are the type's own.
 *
 * @param maxDeadlineSeconds the longest deadline that a submitter may give
 */
export function submissionSchema(maxDeadlineSeconds: number): z.ZodType<AskedTask> {
  const factor = 'must be a number above 0, at most 1000';
  return z
    .strictObject(
      {
        type: taskType,
        options: z.custom<Readonly<Record<string, unknown>>>(isObject, 'must be an object').default({}),
        deadlineSeconds: seconds(shortestDeadlineSeconds, maxDeadlineSeconds).optional(),
        deadlineFactor: z.number(factor).gt(0, factor).max(1000, factor).optional(),
        expectedServiceSeconds: seconds(0, longestExpectedSeconds).optional(),
        lost: z.enum(['serve', 'discard'], 'must be serve or discard').default('serve'),
        idempotencyKey: idempotencyKey.optional(),
        input: z.string('must be the input in base64').optional(),
      },
      'must be a task: an object with at least a type',
    )
    .refine((task) => task.deadlineSeconds === undefined || task.deadlineFactor === undefined, {
      path: ['deadlineFactor'],
      message: 'is for deadlines that the farm computes: give it or the deadline',
    });
}

/** Kept as it came, with every key that it has: the type's own schema refuses those that it does not know. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
