import type { TunedStaffingConstants } from '../../../shared/policy/tuned-staffing.ts';

/** The setting of `staffing` that ships: one for every workload. Found by `farmhand tune staffing`. */
export const SHIPPED_STAFFING: TunedStaffingConstants = {
  floor: 1,
  margin: 0.1,
  safety: 1,
  backlogShare: 0.5,
  lowQosWorkers: 1,
  riseWeight: 0.6,
  fallWeight: 0.15,
  hysteresisWorkers: 1,
  aheadSeconds: 16,
};
