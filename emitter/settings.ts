import { z } from 'zod';
import { DISPATCH_ORDERS } from '../shared/farm/dispatch-order.ts';
import { FARM_SETTINGS, FARM_SETTINGS_SHAPE } from '../shared/io/farm-settings.ts';
import type { FarmRules } from '../shared/io/redis/farm-store.ts';
import { numberOf, readSettings, wholeNumberOf } from '../shared/io/settings.ts';
import type { Environment, Setting } from '../shared/io/settings.ts';

const dispatch = `must be one of ${DISPATCH_ORDERS.join(', ')}`;

/** Variables that the emitter reads. */
export const EMITTER_SETTINGS_SHAPE = {
  ...FARM_SETTINGS_SHAPE,
  MAX_WAITING: wholeNumberOf('tasks', { least: 1, most: 100_000_000 }, 100_000),
  MAX_BLOB_BYTES: wholeNumberOf('bytes', { least: 1, most: 2 ** 50 }, 2 ** 30),
  MAX_DEADLINE_SECONDS: numberOf('seconds', { least: 0.1, most: 31_536_000 }, 86_400),
  IDEMPOTENCY_SECONDS: wholeNumberOf('seconds', { least: 1, most: 31_536_000 }, 86_400),
  RESULT_SECONDS: numberOf('seconds', { least: 1, most: 31_536_000 }, 3600),
  REDIS_ANSWER_SECONDS: numberOf('seconds', { least: 0.1, most: 300 }, 5),
  COLLECTOR_URL: z
    .string()
    .regex(/^https?:\/\/\S+$/, 'must look like https://host/path')
    .optional(),
  LOAD: z.string().optional(),
  DISPATCH: z.enum(DISPATCH_ORDERS, dispatch).optional(),
  LOST_SHARE: rule('tasks', { least: 0, most: 1000 }, true),
  LEASE_SECONDS: rule('seconds', { least: 1.5, most: 3600 }, false),
  MAX_ATTEMPTS: rule('attempts', { least: 1, most: 100 }, true),
  BACKOFF_SECONDS: rule('seconds', { least: 0, most: 30 }, false),
};

export type EmitterSettings = Readonly<z.infer<z.ZodObject<typeof EMITTER_SETTINGS_SHAPE>>>;

export const EMITTER_SETTINGS: readonly Setting[] = [
  ...FARM_SETTINGS,
  row('MAX_WAITING', 'tasks', '100000', 'tasks that may wait; beyond that submissions get 429'),
  row('MAX_BLOB_BYTES', 'bytes', '1073741824', 'inputs and outputs held at once; beyond that 429'),
  row('MAX_DEADLINE_SECONDS', 'seconds', '86400', 'longest deadline that a submitter may give'),
  row('IDEMPOTENCY_SECONDS', 'seconds', '86400', 'how long an idempotency key is remembered'),
  row('RESULT_SECONDS', 'seconds', '3600', 'how long a cancelled task can still be read'),
  row('REDIS_ANSWER_SECONDS', 'seconds', '5', 'how long a request waits for Redis before it gets 503'),
  row('COLLECTOR_URL', '', '', 'where the collector is reached: makes resultUrl in the answers'),
  row('LOAD', '', '', 'load to generate once: a workload name, or the JSON of POST /load'),
  row('DISPATCH', '', '', 'dispatch order: triage (the farm starts with it), deadline or fifo'),
  row('LOST_SHARE', 'tasks', '', 'one claim in this many goes to a long-lost task; 0 for none (4)'),
  row('LEASE_SECONDS', 'seconds', '', 'how long a worker holds a task without renewing (5)'),
  row('MAX_ATTEMPTS', 'attempts', '', 'attempts that may fail before the Result is failed (3)'),
  row(
    'BACKOFF_SECONDS',
    'seconds',
    '',
    'wait before the second attempt; doubles with each further one (0.5)',
  ),
];

/** @throws InvalidSetting */
export function readEmitterSettings(env: Environment): EmitterSettings {
  return readSettings(EMITTER_SETTINGS_SHAPE, env);
}

/** The rules that were set: what was not stays as the farm has it. */
export function farmRules(settings: EmitterSettings): Partial<FarmRules> {
  const { DISPATCH, LOST_SHARE, LEASE_SECONDS, MAX_ATTEMPTS, BACKOFF_SECONDS } = settings;
  return {
    ...(DISPATCH === undefined ? {} : { order: DISPATCH }),
    ...(LOST_SHARE === undefined ? {} : { lostShare: LOST_SHARE }),
    ...(LEASE_SECONDS === undefined ? {} : { leaseSeconds: LEASE_SECONDS }),
    ...(MAX_ATTEMPTS === undefined ? {} : { maxAttempts: MAX_ATTEMPTS }),
    ...(BACKOFF_SECONDS === undefined ? {} : { backoffSeconds: BACKOFF_SECONDS }),
  };
}

/** A rule of the farm: it has no default here, because another program may have set it. */
function rule(unit: string, { least, most }: { least: number; most: number }, whole: boolean) {
  const expected = `must be a ${whole ? 'whole ' : ''}number of ${unit} from ${String(least)} to ${String(most)}`;
  const number = z.coerce.number(expected).min(least, expected).max(most, expected);
  return (whole ? number.int(expected) : number).optional();
}

function row(name: string, unit: string, byDefault: string, meaning: string): Setting {
  return { name, unit, default: byDefault, meaning };
}
