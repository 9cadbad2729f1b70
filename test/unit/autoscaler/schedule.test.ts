import { expect, it } from 'vitest';
import type { Autoscaler } from '../../../autoscaler/autoscaler.ts';
import { keepSchedule, readSchedule } from '../../../autoscaler/schedule.ts';
import { InvalidSetting } from '../../../shared/io/settings.ts';

it.each([
  ['off', { kind: 'off' }],
  ['every', { kind: 'every', stepSeconds: 8 }],
  ['*/8 * * * * *', { kind: 'cron', expression: '*/8 * * * * *' }],
  ['*/2 * * * *', { kind: 'cron', expression: '*/2 * * * *' }],
])('the schedule %s is understood', (SCHEDULE, schedule) => {
  expect(readSchedule({ SCHEDULE, STEP_SECONDS: 8 })).toEqual(schedule);
});

it.each(['sometimes', '* * *', '61 * * * * *', '@every 8s'])(
  'the schedule %s is refused by name',
  (SCHEDULE) => {
    expect(() => readSchedule({ SCHEDULE, STEP_SECONDS: 8 })).toThrow(InvalidSetting);
    expect(() => readSchedule({ SCHEDULE, STEP_SECONDS: 8 })).toThrow(/^SCHEDULE must be every, off, or/);
  },
);

it('Steps that would each come too early for the one before are refused by name', () => {
  const settings = { STEP_SECONDS: 8, MINIMUM_INTERVAL_SECONDS: 8 };
  expect(() => readSchedule({ ...settings, SCHEDULE: 'every' })).toThrow(/^MINIMUM_INTERVAL_SECONDS must be/);
  expect(readSchedule({ ...settings, SCHEDULE: 'off' })).toEqual({ kind: 'off' });
});

it('A cron schedule that missed a step says so in the log, not on standard output', async () => {
  const { promise: warned, resolve } = Promise.withResolvers<string>();
  const ignored = (): void => undefined;
  const log = {
    ...{ debug: ignored, info: ignored, error: ignored },
    warn: (_: object, message: string) => {
      resolve(message);
    },
  };
  const autoscaler = { step: () => Promise.resolve({ kind: 'early', secondsLeft: 1 }) };
  const stop = new AbortController();
  const kept = keepSchedule(
    { kind: 'cron', expression: '* * * * * *' },
    autoscaler as unknown as Autoscaler,
    {
      log,
      signal: stop.signal,
    },
  );
  // As long as this thread stands still, nothing strikes.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000);
  expect(await warned).toContain('missed execution');
  stop.abort();
  await expect(kept).rejects.toThrow();
});
