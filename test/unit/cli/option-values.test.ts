import { InvalidArgumentError } from 'commander';
import { describe, expect, test } from 'vitest';
import { duration, farmName, wholeNumber, workerRange } from '../../../cli/option-values.ts';

describe('what may stand behind an option', () => {
  test.each([
    ['5s', 5],
    ['500ms', 0.5],
    ['2m', 120],
    ['1.5', 1.5],
    [' 3s ', 3],
  ])('the duration %s is %d seconds', (text, seconds) => {
    expect(duration(text)).toBe(seconds);
  });

  test.each(['', '5 apples', '-1s', 's'])('%j is no duration', (text) => {
    expect(() => duration(text)).toThrow(InvalidArgumentError);
  });

  test('a range of workers may be one number', () => {
    expect(workerRange('2..8')).toEqual({ min: 2, max: 8 });
    expect(workerRange('4')).toEqual({ min: 4, max: 4 });
    expect(workerRange('0..3')).toEqual({ min: 0, max: 3 });
  });

  test.each(['8..2', '0', '0..0', '2..', 'many', '-1..3'])('%j is no range of workers', (text) => {
    expect(() => workerRange(text)).toThrow(/2\.\.8/);
  });

  test('a whole number outside its bounds is refused with the bounds', () => {
    expect(wholeNumber(1, 10)('10')).toBe(10);
    expect(() => wholeNumber(1, 10)('11')).toThrow(/1 to 10/);
    expect(() => wholeNumber(1, 10)('1.5')).toThrow(InvalidArgumentError);
  });

  test.each(['../etc', 'Farm', '', 'a'.repeat(64)])('%j names no farm', (text) => {
    expect(() => farmName(text)).toThrow(InvalidArgumentError);
  });
});
