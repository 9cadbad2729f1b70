import type { Resume, Syn } from '../../farm/control-message.ts';
import type { Answer, AnswerVerdict, OutputBlob } from '../../farm/result.ts';
import { READABLE_VERSIONS } from '../../farm/schema-version.ts';
import type { Lease } from '../../farm/task.ts';
import type { WorkerId } from '../../farm/worker.ts';
import type { FarmStore } from './farm-store.ts';
import { toMicros, toSeconds } from './farm-store.ts';
import type { Reply } from './script.ts';

/** What a worker that asked for a task is told. */
export type ClaimReply =
  | {
      readonly kind: 'task';
      readonly lease: Lease;
      /** Came to the inbox: to be confirmed. */ readonly unconfirmed?: true;
      /** To be done after it, in this order. */
      readonly atHand?: readonly Lease[];
    }
  /** Nothing new where there is something at hand still, or more to lie there. */
  | { readonly kind: 'busy'; readonly atHand?: readonly Lease[] }
  | { readonly kind: 'none' }
  | Syn
  | { readonly kind: 'drained' }
  | Resume
  /** The registry does not know this worker (any more): it must enter again. */
  | { readonly kind: 'unknown' };

/** What a heartbeat brings back. */
export interface BeatReply {
  readonly state: 'idle' | 'busy' | 'syn' | 'drained' | 'unknown';
  readonly synId?: string;
  /** Whether the lease that was named is still this worker's. */
  readonly holdsLease: boolean;
}

/** How long a waiting worker stays in the list beyond its own wait, in seconds: the way there and back. */
const WAIT_MARGIN_SECONDS = 0.2;

/**
 * One worker's place at the farm: its entry in the registry, its inbox, and the lease that it holds.
 *
 * Commands and the blocking wait need a connection each, or a heartbeat would stand behind the wait.
 */
export class Seat {
  readonly workerId: WorkerId;
  readonly pod: string;
  readonly #store: FarmStore;
  readonly #inbox: FarmStore;
  #claims = 0;
  #wasRegistered = false;

  constructor(worker: { readonly id: WorkerId; readonly pod: string }, store: FarmStore, inbox: FarmStore) {
    this.workerId = worker.id;
    this.pod = worker.pod;
    this.#store = store;
    this.#inbox = inbox;
  }

  /**
   * Enters the registry.
   *
   * @param sinceStartSeconds how long the process has run: it is paid for from its start. Counts the first time only
   */
  async register(sinceStartSeconds = 0): Promise<void> {
    const before = this.#wasRegistered ? 0 : sinceStartSeconds;
    await this.#store.run('register', [this.workerId, this.pod, toMicros(before)]);
    this.#wasRegistered = true;
  }

  /** Asks for a task. Where there is none, the worker is listed as waiting for `waitSeconds`. */
  async claim(waitSeconds: number): Promise<ClaimReply> {
    const reply = await this.#store.run('claim', [
      this.workerId,
      this.#nextClaimId(),
      waitMicros(waitSeconds),
    ]);
    return readReply(reply);
  }

  /** Waits at the inbox, where a push hands a task over in one hop. `none` when the time is up. */
  async waitAtInbox(waitSeconds: number): Promise<ClaimReply> {
    const popped = await this.#inbox.redis.blpop(this.#inbox.inboxKey(this.workerId), waitSeconds);
    if (!popped) return { kind: 'none' };
    const [version, message] = cut(popped[1]);
    // What another version wrote is not guessed at: asking by this version's own script brings the same.
    if (message === undefined || !READABLE_VERSIONS.includes(Number(version))) return { kind: 'none' };
    const reply = readClaim(message);
    return reply.kind === 'task' ? { ...reply, unconfirmed: true } : reply;
  }

  /** Confirms a task that came to the inbox. The work need not wait for the reply. */
  async confirm(lease: Lease): Promise<boolean> {
    return (await this.#store.run('confirm', [this.workerId, lease.taskId, lease.leaseId])) === 1;
  }

  /**
   * Answers, and asks for the next task in the same step where `waitSeconds` is given.
   *
   * @param handSize how many tasks may lie at hand behind a short one: leased to this worker, so that it has something
   * to do while its answers are under way. Asked for again, what is held already may come again
   */
  async answer(
    lease: Lease,
    answer: Answer & { readonly serviceSeconds?: number },
    waitSeconds?: number,
    handSize = 0,
  ): Promise<{ readonly verdict: AnswerVerdict; readonly next?: ClaimReply }> {
    const outputs = answer.outcome === 'done' ? Object.values(answer.outputs) : [];
    const reply = await this.#store.run('answer', [
      this.workerId,
      lease.taskId,
      lease.leaseId,
      answer.outcome,
      answerText(answer),
      answer.outcome === 'done' ? '' : answer.reason,
      answer.serviceSeconds === undefined ? '' : toMicros(answer.serviceSeconds),
      outputs.map((output: OutputBlob) => output.ref).join(' '),
      waitSeconds === undefined ? '' : this.#nextClaimId(),
      waitSeconds === undefined ? 0 : waitMicros(waitSeconds),
      handSize,
    ]);
    const [first, ...atHand] = texts(reply);
    const [verdict, next] = cut(first) as [AnswerVerdict, string?];
    return next === undefined ? { verdict } : { verdict, next: readReply([next, ...atHand]) };
  }

  /** Gives a task back undone, the one that it does or one at hand. False where it was no longer this worker's. */
  async handBack(lease: Lease): Promise<boolean> {
    return (await this.#store.run('hand-back', [this.workerId, lease.taskId, lease.leaseId])) === 1;
  }

  /** Heartbeat; renews the lease that is named. */
  async beat(lease: Lease | undefined): Promise<BeatReply> {
    const reply = await this.#store.run('beat', [this.workerId, lease?.taskId ?? '', lease?.leaseId ?? '']);
    const [state, synId, , holds] = reply as readonly [BeatReply['state'], string, string, number];
    return { state, holdsLease: holds === 1, ...(synId ? { synId } : {}) };
  }

  /** Acknowledges a SYN. False where it is too late: the worker goes on working. */
  async acknowledge(synId: string): Promise<boolean> {
    return (await this.#store.run('ack', [this.workerId, synId, this.pod])) === 1;
  }

  /** Leaves the registry. A task that was handed over and not begun goes back. */
  async leave(): Promise<void> {
    await this.#store.run('leave', [this.workerId, 'stopped']);
  }

  /** Ids are unlike any other's and told to Redis by the worker: a command that is sent twice is the same claim. */
  #nextClaimId(): string {
    this.#claims += 1;
    return `${this.workerId}/${String(this.#claims)}`;
  }
}

function waitMicros(waitSeconds: number): number {
  return toMicros(waitSeconds + WAIT_MARGIN_SECONDS);
}

function answerText(answer: Answer): string {
  return answer.outcome === 'done'
    ? JSON.stringify({ summary: answer.summary, outputs: answer.outputs })
    : '';
}

/** The first line, and what follows it. */
function cut(text: string): [string, string?] {
  const end = text.indexOf('\n');
  return end < 0 ? [text] : [text.slice(0, end), text.slice(end + 1)];
}

/** One text, or a list of them where something comes to lie at hand. */
function texts(reply: Reply): readonly [string, ...string[]] {
  return typeof reply === 'string' ? [reply] : (reply as readonly [string, ...string[]]);
}

function readReply(reply: Reply): ClaimReply {
  const [first, ...others] = texts(reply);
  const next = readClaim(first);
  if (others.length === 0 || (next.kind !== 'task' && next.kind !== 'busy')) return next;
  return { ...next, atHand: others.map((text) => readLease(cut(text)[1] ?? '')) };
}

function readClaim(text: string): ClaimReply {
  const [kind, rest = ''] = cut(text);
  if (kind === 'busy') return { kind };
  if (kind === 'task') return { kind, lease: readLease(rest) };
  if (kind === 'syn') {
    const [synId, expiresAt] = cut(rest);
    return { kind, synId, expiresAtSeconds: toSeconds(expiresAt) };
  }
  if (kind === 'none' || kind === 'drained' || kind === 'unknown' || kind === 'resume') return { kind };
  throw new Error(`A claim was answered with ${JSON.stringify(text)}: the scripts of another version?`);
}

/** Before the options, which may have lines of their own. */
const LEASE_LINES = 9;

/** In the order of `leaseReply` in `scripts/lib/lease.lua`. */
function readLease(text: string): Lease {
  const lines = text.split('\n', LEASE_LINES);
  const [leaseId = '', taskId = '', type = '', input, expected, generatedAt, deadlineAt, failed, generation] =
    lines;
  const optionsAt = lines.reduce((length, line) => length + line.length + 1, 0);
  return {
    leaseId,
    taskId,
    type,
    options: text.slice(optionsAt),
    ...(input ? { input } : {}),
    expectedServiceSeconds: toSeconds(expected),
    generatedAtSeconds: toSeconds(generatedAt),
    deadlineAtSeconds: toSeconds(deadlineAt),
    failedAttempts: Number(failed),
    generation: Number(generation),
  };
}
