/** How a deadline follows from the expected service time (Li et al., workload section; defaults as published). */
export interface DeadlineRule {
  /** Dimensionless. */
  readonly coefficient: number;
  readonly floorSeconds: number;
  /** Holds for computed deadlines only: a submitter may give a longer one. */
  readonly capSeconds: number;
}

export const DEFAULT_DEADLINE_RULE: DeadlineRule = { coefficient: 2, floorSeconds: 0.1, capSeconds: 30 };

/**
 * Seconds from generation to collection that a task is given:
 * clamp(coefficient · expected service time · factor, floor, cap).
 *
 * @param deadlineFactor the task's own urgency, above 0; 1 is usual, less is more urgent
 */
export function deadlineSeconds(
  expectedServiceSeconds: number,
  deadlineFactor = 1,
  rule: DeadlineRule = DEFAULT_DEADLINE_RULE,
): number {
  const wanted = rule.coefficient * expectedServiceSeconds * deadlineFactor;
  return Math.min(rule.capSeconds, Math.max(rule.floorSeconds, wanted));
}

/** The latest moment at which work can begin and still meet the deadline, by the expected service time. */
export function latestStartSeconds(deadlineAtSeconds: number, expectedServiceSeconds: number): number {
  return deadlineAtSeconds - expectedServiceSeconds;
}

/** Time left until the latest start; negative means that the task is lost. */
export function slackSeconds(latestStartAtSeconds: number, nowSeconds: number): number {
  return latestStartAtSeconds - nowSeconds;
}

/** A task collected exactly at its deadline has met it. */
export function meetsDeadline(responseSeconds: number, deadlineSecondsGiven: number): boolean {
  return responseSeconds <= deadlineSecondsGiven;
}
