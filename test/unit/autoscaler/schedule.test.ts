import { expect, it } from 'vitest';
import { readSchedule } from '../../../autoscaler/schedule.ts';
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
