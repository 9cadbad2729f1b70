import { expect, test } from 'vitest';
import { BUSY } from '../../../autoscaler/trial-observations.ts';
import { staffingPolicy } from '../../../cli/laboratory/staffing-policy.ts';
import { learnedPolicy } from '../../../shared/policy/learned-policy.ts';
import { decodePolicyFile, encodePolicyFile } from '../../../shared/policy/policy-file.ts';
import { SHIPPED_STAFFING } from '../../../shared/policy/shipped-staffing.ts';
import { tunedStaffing } from '../../../shared/policy/tuned-staffing.ts';

test('constants that were tuned make a policy file that decides as they do', () => {
  const constants = { ...SHIPPED_STAFFING, safety: SHIPPED_STAFFING.safety + 1 };
  const setting = { dispatch: 'deadline', actions: 4, announced: true, lostShare: 4 } as const;
  const written = encodePolicyFile(staffingPolicy({ constants, setting, origin: { command: 'a test' } }));
  const file = decodePolicyFile(written);
  expect(file).toMatchObject({ kind: 'staffing', stepLimit: 4, dispatch: 'deadline', announced: true });
  expect(learnedPolicy(file).begin().decide(BUSY)).toBe(tunedStaffing(constants).begin().decide(BUSY));
});
