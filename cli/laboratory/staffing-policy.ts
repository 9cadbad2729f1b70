import type { ComparisonSetting } from '../../autoscaler/training/comparison/setting.ts';
import type { Origin } from '../../autoscaler/training/learned-policy.ts';
import type { PolicyFile } from '../../shared/policy/policy-file.ts';
import type { TunedStaffingConstants } from '../../shared/policy/tuned-staffing.ts';

/** Step lengths that the rule is at home with: it reckons by the time that has passed. */
const STEP_SECONDS = { trainedFor: 8, least: 1, most: 60 };

export interface TunedStaffing {
  readonly constants: TunedStaffingConstants;
  readonly setting: ComparisonSetting;
  /** How the search came by them, for people to read. */
  readonly origin: Origin & Readonly<Record<string, unknown>>;
}

/** The staffing rule with constants of one's own, as a file that an autoscaler and a comparison take. */
export function staffingPolicy({ constants, setting, origin }: TunedStaffing): PolicyFile {
  return {
    format: 'farmhand-policy',
    formatVersion: 1,
    kind: 'staffing',
    name: 'staffing-tuned',
    stepSeconds: STEP_SECONDS,
    observations: [],
    actions: { kind: 'target' },
    stepLimit: setting.actions,
    dispatch: setting.dispatch,
    announced: setting.announced,
    model: constants,
    provenance: origin,
    scores: [],
  };
}
