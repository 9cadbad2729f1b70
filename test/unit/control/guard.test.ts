import { describe, expect, it } from 'vitest';
import { guardTarget } from '../../../shared/control/guard.ts';

const rules = { minWorkers: 2, maxWorkers: 10, stepLimit: 3 };

describe('the guards', () => {
  it('let through what is within bounds', () => {
    expect(guardTarget(5, 7, rules)).toEqual({ workers: 7, reasons: [] });
  });
  it('limit a step in either direction and say so', () => {
    expect(guardTarget(5, 10, rules)).toEqual({ workers: 8, reasons: ['stepLimit'] });
    expect(guardTarget(9, 2, rules)).toEqual({ workers: 6, reasons: ['stepLimit'] });
  });
  it('turn part of a worker into a whole one, and let what is no number change nothing', () => {
    expect(guardTarget(5, 5.1, rules)).toEqual({ workers: 6, reasons: [] });
    expect(guardTarget(5, Number.NaN, rules)).toEqual({ workers: 5, reasons: ['notANumber'] });
    expect(guardTarget(5, Infinity, rules)).toEqual({ workers: 8, reasons: ['stepLimit'] });
  });
  it('keep minimum and maximum, also against the step limit', () => {
    expect(guardTarget(3, 0, rules)).toEqual({ workers: 2, reasons: ['min'] });
    expect(guardTarget(9, 14, rules)).toEqual({ workers: 10, reasons: ['stepLimit', 'max'] });
    expect(guardTarget(20, 20, rules)).toEqual({ workers: 10, reasons: ['max'] });
  });
});
