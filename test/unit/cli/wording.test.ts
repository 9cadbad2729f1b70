import { expect, test } from 'vitest';
import { barText } from '../../../cli/progress-bar.ts';
import { duration, percent, plural, sparkline, table } from '../../../cli/wording.ts';

test('durations are as exact as they are short', () => {
  expect([0.0004, 0.34, 1.254, 12.34, 200].map(duration)).toEqual([
    '0 ms',
    '340 ms',
    '1.25 s',
    '12.3 s',
    '3 min 20 s',
  ]);
});

test('a share that is absent is a dash, not zero', () => {
  expect(percent(undefined)).toBe('–');
  expect(percent(0.9834)).toBe('98.3 %');
});

test('one thing is not several', () => {
  expect([plural(1, 'task'), plural(0, 'task'), plural(2, 'reply', 'replies')]).toEqual([
    '1 task',
    '0 tasks',
    '2 replies',
  ]);
});

test('the columns of a table stand below each other', () => {
  expect(
    table([
      ['a', 'long'],
      ['longer', 'b', 'c'],
    ]),
  ).toEqual(['a       long', 'longer  b     c']);
});

test('a sparkline reaches from nothing to the highest figure', () => {
  expect(sparkline([0, 4, 8])).toBe('▁▅█');
  expect(sparkline([])).toBe('');
});

test('a bar is never fuller than full, and full where there is nothing to do', () => {
  expect(barText('x', { done: 20, total: 10, note: '' })).toMatch(/^x █{30} 20\/10$/);
  expect(barText('x', { done: 0, total: 0, note: 'n' })).toMatch(/^x █{30} 0\/0 n$/);
});
