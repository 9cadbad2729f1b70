import { expect, test } from 'vitest';
import { reasonOf } from '../../../worker/reason.ts';

test('a reason is the first line of what was thrown', () => {
  expect(reasonOf(new Error('no luck\n    at work (/srv/secret/file.ts:3:1)'))).toBe('no luck');
});

test('a reason names files, and never where they lie', () => {
  expect(reasonOf(new Error('cannot open /home/someone/tasks/a.ts or file:///srv/b.ts'))).toBe(
    'cannot open a.ts or b.ts',
  );
});

test('a reason that is no Error is said in words', () => {
  expect(reasonOf('plain text')).toBe('plain text');
  expect(reasonOf(undefined)).toBe('threw undefined instead of an Error');
  expect(reasonOf({ secret: 1 })).toBe('threw object instead of an Error');
  expect(reasonOf(new TypeError())).toBe('TypeError');
});

test('a reason holds nothing that a terminal acts on, and is cut', () => {
  expect(reasonOf(new Error('red \u001b[31m alert\u0007'))).toBe('red  [31m alert');
  expect(reasonOf(new Error('x'.repeat(10_000)))).toHaveLength(500);
});
