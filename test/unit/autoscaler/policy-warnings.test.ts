import { describe, expect, it } from 'vitest';
import { warningsOn } from '../../../autoscaler/policy-warnings.ts';
import { usableRule } from '../../../autoscaler/usable-policy.ts';
import { fixed } from '../../../shared/policy/fixed.ts';

const rule = usableRule(fixed(3));
const announced = { ...rule, name: 'planner', announced: true, dispatch: 'triage' } as const;
const farm = { dispatch: 'triage', isAnnounced: true } as const;

describe('a policy is warned of', () => {
  it('where the farm serves in another order than it was made for, with what to set', () => {
    expect(warningsOn(announced, { ...farm, dispatch: 'fifo' })).toEqual([
      {
        reason: 'otherDispatch',
        detail: expect.stringMatching(/by triage.*by fifo.*DISPATCH=triage/) as string,
      },
    ]);
  });

  it('where it waits for announcements and nothing is announced', () => {
    expect(warningsOn(announced, { ...farm, isAnnounced: false })).toEqual([
      { reason: 'nothingAnnounced', detail: expect.stringContaining('POLICY') as string },
    ]);
  });

  it('for both at once', () => {
    const reasons = warningsOn(announced, { dispatch: 'deadline', isAnnounced: false }).map(
      ({ reason }) => reason,
    );
    expect(reasons).toEqual(['otherDispatch', 'nothingAnnounced']);
  });
});

describe('nothing is warned of', () => {
  it('where a policy finds what it was made for', () => {
    expect(warningsOn(announced, farm)).toEqual([]);
    expect(warningsOn({ ...announced, announced: false }, { ...farm, isAnnounced: false })).toEqual([]);
  });

  it('where announcements are there that it does not look at', () => {
    expect(warningsOn({ ...announced, announced: false }, farm)).toEqual([]);
  });

  it('with a rule, which does as well in every order', () => {
    expect(warningsOn(rule, { dispatch: 'fifo', isAnnounced: false })).toEqual([]);
  });
});
