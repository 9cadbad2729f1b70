import type { TunedStaffingConstants } from './tuned-staffing.ts';

/**
 * The setting of `staffing` that ships: one for every workload, announced or not. Found on a mix of thirteen loads by
 * `farmhand tune staffing --seeds 1-4 --trials 600`.
 */
export const SHIPPED_STAFFING: TunedStaffingConstants = {
  floor: 1,
  margin: -0.2,
  safety: 0.696,
  backlogShare: 0.894,
  lowQosWorkers: 2.06,
  riseWeight: 0.869,
  fallWeight: 0.02,
  hysteresisWorkers: 5,
  aheadSeconds: 40,
};
