import { describe, expect, it } from 'vitest';
import { splitChange } from '../../../autoscaler/pool-split.ts';
import type { PoolPart } from '../../../autoscaler/pool-split.ts';

const first: PoolPart = { name: 'first', desired: 3, present: 3 };
const second: PoolPart = { name: 'second', desired: 2, present: 2 };

function split(parts: readonly PoolPart[], to: number, removed: Record<string, number> = {}): object {
  return Object.fromEntries(splitChange(parts, to, new Map(Object.entries(removed))));
}

describe('growth', () => {
  it('goes to the first Deployment where that has no ceiling', () => {
    expect(split([first, second], 9)).toEqual({ first: 7, second: 2 });
  });

  it('goes on with the next one where the first has reached its ceiling', () => {
    expect(split([{ ...first, ceiling: 5 }, second], 9)).toEqual({ first: 5, second: 4 });
  });

  it('ends where every one has', () => {
    expect(
      split(
        [
          { ...first, ceiling: 5 },
          { ...second, ceiling: 2 },
        ],
        9,
      ),
    ).toEqual({ first: 5, second: 2 });
  });

  it('leaves one alone that is above its ceiling', () => {
    expect(split([{ ...first, ceiling: 1 }, second], 6)).toEqual({ first: 3, second: 3 });
  });
});

describe('removal', () => {
  it('follows the pods that go', () => {
    expect(split([first, second], 3, { first: 1, second: 1 })).toEqual({ first: 2, second: 1 });
  });

  it('takes what is not there anyway off the Deployment that lacks it', () => {
    expect(split([{ ...first, present: 1 }, second], 2, { second: 1 })).toEqual({ first: 1, second: 1 });
  });

  it('takes the rest off the last one', () => {
    expect(split([first, second], 2)).toEqual({ first: 2, second: 0 });
  });

  it('never goes below nothing', () => {
    expect(split([first, second], 0, { second: 2 })).toEqual({ first: 0, second: 0 });
  });
});

it('A pool that stays as it is changes no Deployment', () => {
  expect(split([first, second], 5)).toEqual({ first: 3, second: 2 });
});
