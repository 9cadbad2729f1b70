import type { TunedStaffingConstants } from '../../../shared/policy/tuned-staffing.ts';

/**
 * The setting of `staffing` that ships: one for every workload, announced or not. Found on a mix of thirteen loads by
 * `farmhand tune staffing --seeds 1-8 --trials 800` (score 0.9xxx of the fixed pool of equal QoS, on those seeds).
 */
export const SHIPPED_STAFFING: TunedStaffingConstants = {
  floor: 1,
  margin: -0.194,
  safety: 0.755,
  backlogShare: 0.631,
  lowQosWorkers: 0.768,
  riseWeight: 0.761,
  fallWeight: 0.02,
  hysteresisWorkers: 5,
  aheadSeconds: 40,
};
