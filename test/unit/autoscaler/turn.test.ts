import { describe, expect, it } from 'vitest';
import { Turn } from '../../../autoscaler/turn.ts';
import type { TurnParts, Verdict } from '../../../autoscaler/turn.ts';
import { usableRule } from '../../../autoscaler/usable-policy.ts';
import type { UsablePolicy } from '../../../autoscaler/usable-policy.ts';
import type { Observation } from '../../../shared/control/observation.ts';
import { fixed } from '../../../shared/policy/fixed.ts';
import { memoryless } from '../../../shared/policy/policy.ts';
import { SHIPPED_STAFFING } from '../../../shared/policy/shipped-staffing.ts';
import { tunedStaffing } from '../../../shared/policy/tuned-staffing.ts';

const seen: Observation = {
  collectedTasks: 10,
  waitingTasks: 0,
  answeredTasks: 0,
  waitingWorkSeconds: 0,
  lostWaiting: 0,
  workers: 5,
  startingWorkers: 0,
  busyWorkers: 2,
  intervalSeconds: 8,
  offeredLoad: 2,
};

const calm = {
  stepSeconds: 8,
  cooldownSeconds: 0,
  silentWorkers: 0,
  healthySteps: 0,
  memory: undefined,
};

function shelf(policy: UsablePolicy | undefined, fallback = fixed(2)): TurnParts['policies'] {
  return { choose: () => policy, refusals: () => [], fallback: usableRule(fallback) };
}

function file(workers: number, overrides: Partial<UsablePolicy> = {}): UsablePolicy {
  return { ...usableRule(fixed(workers)), name: 'file', version: 'abc', ...overrides };
}

function decided(
  parts: Partial<TurnParts> & Pick<TurnParts, 'policies'>,
  overrides: Partial<Observation> = {},
): Partial<Verdict> & { readonly workers: number | undefined } {
  const turn = new Turn({ ...calm, ...parts });
  const workers = turn.decide({ ...seen, ...overrides });
  return { ...turn.verdict, workers };
}

describe('a turn is the policy’s', () => {
  it('and up to the bounds it gets what it asks for', () => {
    expect(decided({ policies: shelf(file(9)) })).toMatchObject({ workers: 9, asked: 9, guards: [] });
  });

  it('unless the steps are of another length than it was made for', () => {
    const policies = shelf(file(9, { stepSeconds: { least: 6, most: 12 } }));
    expect(decided({ policies })).not.toHaveProperty('fallback');
    expect(decided({ policies, stepSeconds: 2 })).toMatchObject({
      by: { name: 'static:2' },
      fallback: { reason: 'stepMismatch', detail: expect.stringContaining('6 to 12 s') as string },
    });
  });

  it('unless more or less time has really passed, beyond what clocks differ by', () => {
    const policies = shelf(file(9, { stepSeconds: { least: 6, most: 12 } }));
    expect(decided({ policies }, { intervalSeconds: 12.9 })).not.toHaveProperty('fallback');
    for (const intervalSeconds of [4, 60]) {
      expect(decided({ policies }, { intervalSeconds })).toMatchObject({
        fallback: { reason: 'stepMismatch' },
      });
    }
  });

  it.each([
    [
      'throws',
      (): number => {
        throw new Error('out of order');
      },
    ],
    ['asks for what is no number', (): number => Number.NaN],
    ['asks for endlessly many', (): number => Infinity],
  ])('unless it %s', (_what, decide) => {
    const policies = shelf(file(0, { policy: memoryless('file', decide) }), fixed(7));
    expect(decided({ policies })).toMatchObject({ workers: 7, fallback: { reason: 'policyFailed' } });
  });

  it('unless there is none that can be used', () => {
    expect(decided({ policies: shelf(undefined, fixed(7)) })).toMatchObject({
      workers: 7,
      fallback: { reason: 'policyRefused' },
    });
  });
});

describe('the fallback', () => {
  const policies = shelf(undefined, fixed(2));

  it('takes no worker away before three healthy steps have passed', () => {
    for (const healthySteps of [0, 1, 2]) {
      const verdict = decided({ policies, healthySteps });
      expect(verdict).toMatchObject({ workers: 5, asked: 2, guards: ['notHealthyYet'] });
    }
    expect(decided({ policies, healthySteps: 3 })).toMatchObject({ workers: 2, guards: [] });
  });
});

describe('caution', () => {
  it('leaves the pool alone in the cooldown', () => {
    const parts = { policies: shelf(file(9)), cooldownSeconds: 30 };
    expect(decided(parts, { secondsSinceAction: 29 })).toMatchObject({ workers: 5, guards: ['cooldown'] });
    expect(decided(parts, { secondsSinceAction: 31 })).toMatchObject({ workers: 9, guards: [] });
    expect(decided(parts)).toMatchObject({ workers: 9, guards: [] });
  });

  it('takes nobody away while a worker is silent, and still adds some', () => {
    expect(decided({ policies: shelf(file(2)), silentWorkers: 1 })).toMatchObject({
      workers: 5,
      guards: ['staleHeartbeat'],
    });
    expect(decided({ policies: shelf(file(9)), silentWorkers: 1 })).toMatchObject({ workers: 9, guards: [] });
  });
});

describe('what a policy remembers', () => {
  const staffing = usableRule(tunedStaffing(SHIPPED_STAFFING));
  const flood = { offeredLoad: 20 };

  it('is handed from step to step, and a restart changes nothing', () => {
    const first = decided({ policies: shelf(staffing) }, flood);
    const second = decided({ policies: shelf(staffing), memory: first.memory });
    const decider = staffing.policy.begin();
    decider.decide({ ...seen, ...flood });
    expect(second.asked).toBe(decider.decide(seen));
    expect(decided({ policies: shelf(staffing) }).asked).not.toBe(second.asked);
  });

  it('is not handed to another version', () => {
    const first = decided({ policies: shelf(staffing) }, flood);
    const other = { ...staffing, version: 'another' };
    const second = decided({ policies: shelf(other), memory: first.memory });
    expect(second.asked).toBe(decided({ policies: shelf(staffing) }).asked);
  });
});

describe('an announced load', () => {
  const looks = memoryless('looks', (observation) => observation.announcedRatePerSecond?.length ?? 0);

  it('is shown to whoever is made for it only', () => {
    const announcedRatePerSecond = [1, 2, 3];
    const made = shelf(file(0, { policy: looks, announced: true }));
    const notMade = shelf(file(0, { policy: looks, announced: false }));
    expect(decided({ policies: made }, { announcedRatePerSecond }).asked).toBe(3);
    expect(decided({ policies: notMade }, { announcedRatePerSecond }).asked).toBe(0);
  });
});
