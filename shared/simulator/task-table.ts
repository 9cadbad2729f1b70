import { deadlineSeconds } from '../farm/deadline.ts';
import type { DeadlineRule } from '../farm/deadline.ts';
import type { ArrivalColumns } from '../workload/arrivals.ts';

/** The tasks of an episode, one column a quantity, in order of generation. Times in seconds from the start. */
export interface TaskTable {
  readonly count: number;
  readonly generatedAtSeconds: Float64Array;
  readonly expectedServiceSeconds: Float64Array;
  /** What the work really takes. Only the simulator looks at it, when the work ends. */
  readonly serviceSeconds: Float64Array;
  readonly deadlineAtSeconds: Float64Array;
  /** What dispatch goes by: deadline − expected service − the hand-over at the end. */
  readonly latestStartSeconds: Float64Array;
}

/**
 * @param collectSeconds from the end of the work until the Result is recorded; a farm that knows it starts this much
 * earlier
 */
export function tabulate(arrivals: ArrivalColumns, rule: DeadlineRule, collectSeconds: number): TaskTable {
  const { count, atSeconds, expectedServiceSeconds, serviceSeconds } = arrivals;
  const deadlineAtSeconds = new Float64Array(count);
  const latestStartSeconds = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    const expected = expectedServiceSeconds[index] ?? 0;
    const deadlineAt = (atSeconds[index] ?? 0) + deadlineSeconds(expected, 1, rule);
    deadlineAtSeconds[index] = deadlineAt;
    latestStartSeconds[index] = deadlineAt - expected - collectSeconds;
  }
  return {
    ...{ count, expectedServiceSeconds, serviceSeconds, deadlineAtSeconds, latestStartSeconds },
    generatedAtSeconds: atSeconds,
  };
}
