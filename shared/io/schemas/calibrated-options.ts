import { z } from 'zod';

/** A task that waits longer than this is a mistake in a workload, not a load: the paper's longest takes 2.9 s. */
export const longestServiceSeconds = 600;

/** Options of a `calibrated` task: the real service time, which the farm does not see beforehand. */
export const calibratedOptionsSchema = z.strictObject({
  /** Absent: the wait is the expected service time. */
  serviceSeconds: z.number().min(0).max(longestServiceSeconds).optional(),
});
