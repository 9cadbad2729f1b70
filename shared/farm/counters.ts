/**
 * What the farm has counted since it was made. Every counter moves in the same script that moves the task, so that
 * the identities in `accounts.ts` hold at every moment.
 */
export interface Counters {
  /** Tasks let in, each once. */
  readonly admitted: number;
  /** Sum of their expected service times. */
  readonly admittedWorkSeconds: number;
  /** Dead letters sent round again, each a new generation of its task. */
  readonly requeued: number;
  /** Times a task entered the worker queue. */
  readonly enqueued: number;
  /** Times a task was taken from the worker queue by a worker. */
  readonly claimed: number;
  /** Claims that ended with the answer that counted. */
  readonly answered: number;
  /** Claims given back without an attempt: handed back, or never confirmed. */
  readonly handedBack: number;
  /** Claims that failed or crashed. */
  readonly attemptsFailed: number;
  /** Claims overtaken: an earlier holder's answer came first after all. */
  readonly superseded: number;
  /** Failed attempts that were given another one. */
  readonly retried: number;
  /** Tasks that left the worker queue other than by a claim: cancelled, discarded, or answered late by an earlier holder. */
  readonly withdrawn: number;
  /** Answers discarded because another one had counted. */
  readonly lateAnswers: number;
  /** Results with status `done`. */
  readonly completed: number;
  /** Results with status `failed`. */
  readonly failed: number;
  /** Of the failed ones, those whose input was invalid: outside QoS. */
  readonly invalid: number;
  /** Results collected within their deadline. */
  readonly met: number;
  /** Results collected late, and failed ones other than invalid. */
  readonly missed: number;
  readonly cancelled: number;
  /** SYNs that ran out without an ACK. */
  readonly synExpired: number;
  /** ACKs that came after their SYN had run out. */
  readonly ackRefused: number;
  /** Sum over collected tasks, seconds. */
  readonly responseSecondsSum: number;
  readonly serviceSecondsSum: number;
  /** Of the workers that have left the registry, from their start to then. */
  readonly workerSecondsEnded: number;
}

/** Tasks that the farm holds and that have no Result yet. */
export interface Held {
  readonly waiting: number;
  readonly delayed: number;
  readonly leased: number;
  readonly answered: number;
}

export function heldTotal(held: Held): number {
  return held.waiting + held.delayed + held.leased + held.answered;
}

/** Results of either status. */
export function resultsTotal(counters: Counters): number {
  return counters.completed + counters.failed;
}

/** Tasks that disappeared: admitted − Results − cancelled − still held. Anything but 0 is a bug. */
export function dropped(counters: Counters, held: Held): number {
  return (
    counters.admitted + counters.requeued - resultsTotal(counters) - counters.cancelled - heldTotal(held)
  );
}

/**
 * Results beyond one per task and generation. Anything but 0 is a bug.
 *
 * @param recorded Results that the farm holds, and those that it has forgotten
 */
export function duplicated(counters: Counters, recorded: number): number {
  return Math.max(0, resultsTotal(counters) - counters.requeued - recorded);
}
