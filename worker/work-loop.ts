import type { Logger } from '../template/farm-node22/contract.ts';
import type { Lease } from '../shared/farm/task.ts';
import type { ClaimReply, Seat } from '../shared/io/redis/seat.ts';
import { isRefusedForNow, patiently } from './patience.ts';
import type { TaskBench, TimedAnswer } from './task-bench.ts';
import type { WorkerMetrics } from './worker-metrics.ts';
import type { WorkerStatus } from './worker-status.ts';

/** How long a worker waits at its inbox before it asks again: what a lost wake-up costs at most. */
const WAIT_SECONDS = 1;

export interface WorkLoopParts {
  readonly seat: Seat;
  readonly bench: TaskBench;
  readonly status: WorkerStatus;
  readonly metrics: WorkerMetrics;
  readonly log: Logger;
}

type Handed = Extract<ClaimReply, { kind: 'task' }>;

/**
 * Asks, works, answers. Each reply of the farm says what comes next:
 * - `task`: do it; the answer brings the next reply.
 * - `none`: wait at the inbox, then ask again.
 * - `syn`: acknowledge it; where that is too late, go on asking.
 * - `drained`: the same as `none`, but the farm gives nothing until the SYN is taken back.
 * - `resume`: the SYN was taken back; ask.
 * - `unknown`: the registry has forgotten this worker; enter again, and ask.
 */
export class WorkLoop {
  readonly #parts: WorkLoopParts;

  constructor(parts: WorkLoopParts) {
    this.#parts = parts;
  }

  /**
   * Ends soon after `stop` aborts, with a task in hand after its answer. What the farm hands over meanwhile goes back
   * when the worker leaves the registry.
   *
   * @param handBack aborts when a task in hand has to go back undone
   */
  async run(stop: AbortSignal, handBack: AbortSignal): Promise<void> {
    let reply: ClaimReply | undefined = { kind: 'unknown' };
    while (reply !== undefined && !stop.aborted) {
      reply = reply.kind === 'task' ? await this.#serve(reply, stop, handBack) : await this.#ask(reply, stop);
    }
  }

  async #ask(reply: Exclude<ClaimReply, Handed>, stop: AbortSignal): Promise<ClaimReply | undefined> {
    const { status } = this.#parts;
    if (reply.kind === 'none') status.working();
    if (reply.kind === 'drained') status.drained();
    return this.#patiently(() => this.#next(reply), stop);
  }

  async #next(reply: Exclude<ClaimReply, Handed>): Promise<ClaimReply> {
    const { seat, status, log } = this.#parts;
    switch (reply.kind) {
      case 'none':
      case 'drained': {
        const handed = await seat.waitAtInbox(WAIT_SECONDS);
        return handed.kind === 'none' ? seat.claim(WAIT_SECONDS) : handed;
      }
      case 'syn': {
        status.draining();
        const isDrained = await seat.acknowledge(reply.synId);
        log.info({ synId: reply.synId, isDrained }, isDrained ? 'SYN acknowledged' : 'SYN no longer holds');
        return isDrained ? { kind: 'drained' } : seat.claim(WAIT_SECONDS);
      }
      case 'resume':
        log.info({}, 'SYN taken back');
        return seat.claim(WAIT_SECONDS);
      case 'unknown':
        await this.#enter();
        return seat.claim(WAIT_SECONDS);
    }
  }

  /** The process counts from its start, which is when `performance.now()` was 0. */
  async #enter(): Promise<void> {
    const sinceStartSeconds = performance.now() / 1000;
    await this.#parts.seat.register(sinceStartSeconds);
    this.#parts.log.info({ sinceStartSeconds }, 'entered the registry');
  }

  async #serve(
    { lease, unconfirmed }: Handed,
    stop: AbortSignal,
    handBack: AbortSignal,
  ): Promise<ClaimReply | undefined> {
    const { bench, status, metrics, seat, log } = this.#parts;
    status.working();
    status.lease = lease;
    if (unconfirmed === true) this.#confirm(lease);
    try {
      const attempt = await bench.attempt(lease, handBack);
      if (!('kind' in attempt)) return await this.#answer(lease, attempt, stop, handBack);
      metrics.taskEnded(lease.type, 'handedBack', undefined);
      const wasOurs = await seat.handBack(lease);
      log.info({ taskId: lease.taskId, wasOurs }, 'task handed back');
      return undefined;
    } finally {
      status.lease = undefined;
    }
  }

  async #answer(
    lease: Lease,
    answer: TimedAnswer,
    stop: AbortSignal,
    handBack: AbortSignal,
  ): Promise<ClaimReply | undefined> {
    const { seat, metrics, log } = this.#parts;
    const { taskId, type } = lease;
    const said = await this.#patiently(
      () => seat.answer(lease, answer, stop.aborted ? undefined : WAIT_SECONDS),
      handBack,
    );
    const { outcome, serviceSeconds } = answer;
    metrics.taskEnded(type, outcome, serviceSeconds);
    if (said?.verdict === 'late') metrics.lateAnswer();
    const reason = answer.outcome === 'done' ? undefined : answer.reason;
    const fields = { taskId, type, outcome, serviceSeconds, reason, verdict: said?.verdict };
    if (outcome === 'error') log.warn(fields, 'attempt failed');
    else log.debug(fields, 'task answered');
    return said?.next;
  }

  /** The work does not wait for it: where the hand-over had ended, the verdict on the answer says so. */
  #confirm(lease: Lease): void {
    const { seat, log } = this.#parts;
    const { taskId } = lease;
    seat.confirm(lease).then(
      (isOurs) => {
        if (!isOurs) log.debug({ taskId }, 'hand-over had ended before it was confirmed');
      },
      (error: unknown) => {
        log.debug({ taskId, err: error }, 'hand-over could not be confirmed');
      },
    );
  }

  #patiently<T>(step: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    const { log } = this.#parts;
    const onRefusal = (error: unknown, retrySeconds: number): void => {
      if (isRefusedForNow(error))
        log.warn({ err: error, retrySeconds }, 'Redis refuses for now; trying again');
      else
        log.error(
          { err: error, retrySeconds },
          'Redis refuses this worker: look at its password and rights (REDIS_PASSWORD_SECRET); trying again',
        );
    };
    return patiently(step, { signal, onRefusal });
  }
}
