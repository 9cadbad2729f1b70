import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../autoscaler/decision.ts';
import { lastLook, poolText } from '../../../cli/pool-wording.ts';

const held: Decision = {
  version: 1,
  fence: 9,
  guards: [],
  hold: { reason: 'noData', detail: '' },
  tookSeconds: 2,
};
const seen: Decision = {
  version: 1,
  fence: 8,
  atSeconds: 1000,
  guards: [],
  pool: { desired: 3, present: 3, ready: 2 },
  workers: 5,
  tookSeconds: 0.1,
};

describe('the last look at the pool', () => {
  it('is the newest decision that has seen it, and what that decision asked for', () => {
    expect(lastLook([held, seen])).toEqual({ wanted: 5, present: 3, ready: 2, atSeconds: 1000 });
  });

  it('is as large as it was found where the step came to nothing', () => {
    const { workers, ...broken } = seen;
    expect([workers, lastLook([broken])?.wanted]).toEqual([5, 3]);
  });

  it('is none where no step has seen it, as with decisions of earlier versions', () => {
    const { pool, ...earlier } = seen;
    expect(pool).toBeDefined();
    expect(lastLook([held, earlier])).toBeUndefined();
  });
});

describe('the text on the pool', () => {
  it('says how many are wanted and ready, and how old that is', () => {
    const pool = lastLook([seen]);
    expect(pool && poolText(4, { desiredWorkers: 5, pool }, 1012)).toBe(
      'Workers: 4 of 5 wanted; 2 of 3 ready as the autoscaler saw the pool 12.0 s ago',
    );
  });

  it('says no more than is known', () => {
    expect(poolText(4, { desiredWorkers: 5 }, 1012)).toBe('Workers: 4 of 5 wanted');
    expect(poolText(0, {}, 1012)).toBe('Workers: 0');
  });
});
