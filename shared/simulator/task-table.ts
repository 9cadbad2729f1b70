import { deadlineSeconds } from '../farm/deadline.ts';
import type { DeadlineRule } from '../farm/deadline.ts';
import type { Arrival } from '../workload/arrivals.ts';

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
export function tabulate(
  arrivals: readonly Arrival[],
  rule: DeadlineRule,
  collectSeconds: number,
): TaskTable {
  const count = arrivals.length;
  const table = {
    count,
    generatedAtSeconds: new Float64Array(count),
    expectedServiceSeconds: new Float64Array(count),
    serviceSeconds: new Float64Array(count),
    deadlineAtSeconds: new Float64Array(count),
    latestStartSeconds: new Float64Array(count),
  };
  for (const [index, arrival] of arrivals.entries()) {
    const { atSeconds, expectedServiceSeconds } = arrival;
    const deadlineAt = atSeconds + deadlineSeconds(expectedServiceSeconds, 1, rule);
    table.generatedAtSeconds[index] = atSeconds;
    table.expectedServiceSeconds[index] = expectedServiceSeconds;
    table.serviceSeconds[index] = arrival.serviceSeconds;
    table.deadlineAtSeconds[index] = deadlineAt;
    table.latestStartSeconds[index] = deadlineAt - expectedServiceSeconds - collectSeconds;
  }
  return table;
}
