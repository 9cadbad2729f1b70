import type { Logger } from '../template/farm-node22/contract.ts';
import type { AnswerVerdict } from '../shared/farm/result.ts';
import type { Lease } from '../shared/farm/task.ts';
import type { ClaimReply, Seat } from '../shared/io/redis/seat.ts';
import { Hand, HAND_SIZE } from './hand.ts';
import { isRefusedForNow, patiently } from './patience.ts';
import type { TaskBench, TimedAnswer } from './task-bench.ts';
import type { WorkerMetrics } from './worker-metrics.ts';
import type { WorkerStatus } from './worker-status.ts';

/** How long a worker waits at its inbox before it asks again: what a lost wake-up costs at most. */
const WAIT_SECONDS = 1;

/** A task that was taken for short and takes this long is not waited behind. */
const SLOW_MS = 20;

export interface WorkLoopParts {
  readonly seat: Seat;
  readonly bench: TaskBench;
  readonly status: WorkerStatus;
  readonly metrics: WorkerMetrics;
  readonly log: Logger;
}

/**
 * Asks, works, answers. Each reply of the farm says what comes next:
 * - `task`: do it; the answer brings the next reply. What lies at hand behind a short task is begun while its answer is
 *   under way.
 * - `busy`: go on with what lies at hand.
 * - `none`: wait at the inbox, then ask again.
 * - `syn`: acknowledge it; where that is too late, go on asking.
 * - `drained`: the same as `none`, but the farm gives nothing until the SYN is taken back.
 * - `resume`: the SYN was taken back; ask.
 * - `unknown`: the registry has forgotten this worker; enter again, and ask.
 */
export class WorkLoop {
  readonly #parts: WorkLoopParts;
  readonly #hand = new Hand();
  /** The answers that are on their way, with what the farm will say to them, oldest first. */
  readonly #answers = new Map<Lease, Promise<ClaimReply | undefined>>();
  /** The task under way takes longer than others should wait behind it. */
  #isSlow = false;

  constructor(parts: WorkLoopParts) {
    this.#parts = parts;
  }

  /**
   * Ends soon after `stop` aborts, with a task in hand after its answer. What the farm hands over meanwhile, and what
   * lies at hand, goes back when the worker leaves the registry.
   *
   * @param handBack aborts when a task in hand has to go back undone
   */
  async run(stop: AbortSignal, handBack: AbortSignal): Promise<void> {
    let reply: ClaimReply | undefined = { kind: 'unknown' };
    while (reply !== undefined && !stop.aborted) {
      const lease = this.#hand.next();
      const [answer] = this.#answers.values();
      if (lease !== undefined) reply = await this.#serve(lease, stop, handBack);
      else reply = await (answer ?? this.#ask(reply, stop));
    }
    await Promise.all(this.#answers.values());
  }

  async #ask(reply: ClaimReply, stop: AbortSignal): Promise<ClaimReply | undefined> {
    const { status } = this.#parts;
    if (reply.kind === 'none') status.working();
    if (reply.kind === 'drained') status.drained();
    const next = await this.#patiently(() => this.#next(reply), stop);
    if (next !== undefined) this.#take(next);
    return next;
  }

  async #next(reply: ClaimReply): Promise<ClaimReply> {
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
      case 'task':
      case 'busy':
        return seat.claim(WAIT_SECONDS);
    }
  }

  /** The process counts from its start, which is when `performance.now()` was 0. */
  async #enter(): Promise<void> {
    const sinceStartSeconds = performance.now() / 1000;
    await this.#parts.seat.register(sinceStartSeconds);
    this.#parts.log.info({ sinceStartSeconds }, 'entered the registry');
  }

  #take(reply: ClaimReply): void {
    this.#hand.take(reply);
    if (reply.kind === 'task' && reply.unconfirmed === true) this.#confirm(reply.lease);
    if (this.#isSlow) this.#emptyHand();
  }

  /** Does a task and sends the answer; the farm's reply to it is waited for when nothing lies at hand any more. */
  async #serve(lease: Lease, stop: AbortSignal, handBack: AbortSignal): Promise<ClaimReply | undefined> {
    const { bench, status, metrics, seat, log } = this.#parts;
    status.working();
    status.lease = lease;
    const slow = setTimeout(() => {
      this.#isSlow = true;
      this.#emptyHand();
    }, SLOW_MS);
    const attempt = await bench.attempt(lease, handBack).finally(() => {
      clearTimeout(slow);
      this.#isSlow = false;
    });
    if (!('kind' in attempt)) {
      this.#answers.set(lease, this.#answer(lease, attempt, stop, handBack));
      return { kind: 'busy' };
    }
    metrics.taskEnded(lease.type, 'handedBack', undefined);
    const wasOurs = await seat.handBack(lease);
    status.lease = undefined;
    log.info({ taskId: lease.taskId, wasOurs }, 'task handed back');
    return undefined;
  }

  async #answer(
    lease: Lease,
    answer: TimedAnswer,
    stop: AbortSignal,
    handBack: AbortSignal,
  ): Promise<ClaimReply | undefined> {
    const { seat, status } = this.#parts;
    const said = await this.#patiently(
      () => seat.answer(lease, answer, stop.aborted ? undefined : WAIT_SECONDS, HAND_SIZE),
      handBack,
    );
    this.#answers.delete(lease);
    this.#hand.answered(lease);
    if (status.lease === lease) [status.lease] = this.#answers.keys();
    this.#note(lease, answer, said?.verdict);
    if (said?.next !== undefined) this.#take(said.next);
    return said?.next;
  }

  #note({ taskId, type }: Lease, answer: TimedAnswer, verdict: AnswerVerdict | undefined): void {
    const { metrics, log } = this.#parts;
    const { outcome, serviceSeconds } = answer;
    metrics.taskEnded(type, outcome, serviceSeconds);
    if (verdict === 'late') metrics.lateAnswer();
    const reason = answer.outcome === 'done' ? undefined : answer.reason;
    const fields = { taskId, type, outcome, serviceSeconds, reason, verdict };
    if (outcome === 'error') log.warn(fields, 'attempt failed');
    else log.debug(fields, 'task answered');
  }

  /** Others may be free for what lies at hand. Where Redis is away, the end of the lease does the same. */
  #emptyHand(): void {
    const { seat, log } = this.#parts;
    for (const lease of this.#hand.empty()) {
      const { taskId } = lease;
      seat.handBack(lease).then(
        (wasOurs) => {
          log.debug({ taskId, wasOurs }, 'handed back from behind a task that takes long');
        },
        (error: unknown) => {
          log.debug({ taskId, err: error }, 'could not be handed back');
        },
      );
    }
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
