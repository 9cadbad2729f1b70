import { describe, expect, it } from 'vitest';
import { learnedPolicy } from '../../../shared/policy/learned-policy.ts';
import { decodePolicyFile } from '../../../shared/policy/policy-file.ts';
import type { PolicyFile } from '../../../shared/policy/policy-file.ts';
import { reactive } from '../../../shared/policy/reactive.ts';
import { ruleByName } from '../../../shared/policy/rule-policy.ts';
import { SHIPPED_STAFFING } from '../../../shared/policy/shipped-staffing.ts';
import { tunedStaffing } from '../../../shared/policy/tuned-staffing.ts';
import type { Observation } from '../../../shared/control/observation.ts';
import { staticPolicy } from '../../support/policy-files.ts';

const busy: Observation = {
  collectedTasks: 200,
  waitingTasks: 30,
  answeredTasks: 0,
  waitingWorkSeconds: 45,
  lostWaiting: 0,
  workers: 12,
  startingWorkers: 0,
  busyWorkers: 12,
  intervalSeconds: 8,
  arrivalRatePerSecond: 6,
  offeredLoad: 9,
  meanResponseSeconds: 3,
  maxResponseSeconds: 9,
};

function asked(overrides: Partial<PolicyFile>): number | undefined {
  return learnedPolicy(decodePolicyFile(staticPolicy(3, overrides)))
    .begin()
    .decide(busy);
}

describe('a rule in a policy file', () => {
  it('asks for what the rule of that name asks for', () => {
    expect(asked({})).toBe(3);
    expect(asked({ kind: 'staffing', model: SHIPPED_STAFFING })).toBe(
      tunedStaffing(SHIPPED_STAFFING).begin().decide(busy),
    );
    for (const estimator of ['average', 'maximum'] as const) {
      expect(asked({ kind: `reactive-${estimator}`, model: {} })).toBe(
        reactive(estimator).begin().decide(busy),
      );
    }
  });

  it('goes by the name of the file', () => {
    expect(learnedPolicy(decodePolicyFile(staticPolicy(3))).name).toBe('always-3');
  });

  it.each([
    [{ model: { workers: 1.5 } }, /^model\.workers: expected a whole number/],
    [{ model: { workers: 3, more: 1 } }, /^model\.more: /],
    [{ kind: 'staffing', model: { ...SHIPPED_STAFFING, riseWeight: 7 } }, /^model\.riseWeight: /],
    [{ kind: 'staffing', model: {} }, /^model\.floor: /],
    [{ kind: 'reactive-average', model: { workers: 3 } }, /^model\.workers: /],
    [{ actions: { kind: 'delta', deltas: [1] } }, /^actions\.kind: expected target/],
    [{ observations: [{ name: 'hourOfDay', unit: 'h', low: 0, high: 24 }] }, /^observations\[0\]\.name: /],
  ] as const)('%j is refused by the field', (overrides, message) => {
    expect(() => asked(overrides)).toThrow(message);
  });
});

describe('a rule by name', () => {
  it('is staffing, one of the published ones, or a fixed number', () => {
    const names = ['staffing', 'reactive-average', 'reactive-maximum', 'static:12'];
    expect(names.map((name) => ruleByName(name)?.name)).toEqual(names);
    expect(ruleByName('static:many')).toBeUndefined();
    expect(ruleByName('policies/sarsa.json')).toBeUndefined();
  });
});
