import { duplicated } from '../../farm/counters.ts';
import type { Counters, Held } from '../../farm/counters.ts';
import type { AnnouncedRate, FarmSnapshot } from '../../farm/snapshot.ts';
import { workforceOf } from '../../farm/worker.ts';
import type { WorkerId, WorkerRecord } from '../../farm/worker.ts';
import type { FarmStore } from './farm-store.ts';
import { toMicros, toSeconds } from './farm-store.ts';
import type { Reply } from './script.ts';

/** What Redis shows of a farm; the pool's own figures come from whoever runs the workers. */
export type QueueSnapshot = Omit<FarmSnapshot, 'pool'> & {
  readonly workers: readonly WorkerRecord[];
  readonly blobBytes: number;
  /** Results beyond one per task and generation; must be 0. */
  readonly duplicated: number;
};

export interface SentSyn {
  readonly workerId: WorkerId;
  readonly synId: string;
  readonly expiresAtSeconds: number;
}

/** Another autoscaler has acted since: this one must not. */
export class StaleFence extends Error {
  override readonly name = 'StaleFence';
  constructor(fence: number) {
    super(`Step ${String(fence)} was overtaken by a newer one: nothing was changed. Begin a new step.`);
  }
}

export type LockReply =
  | { readonly kind: 'taken' | 'renewed'; readonly fence: number }
  | { readonly kind: 'held' | 'early'; readonly secondsLeft: number };

/** The autoscaler's side: looks at the farm, and drives the drain handshake. */
export class Control {
  readonly #store: FarmStore;

  constructor(store: FarmStore) {
    this.#store = store;
  }

  async observe(windowSeconds: number): Promise<QueueSnapshot> {
    const reply = await this.#store.run('observe', [Math.ceil(windowSeconds)]);
    return readSnapshot(reply as readonly Reply[]);
  }

  /**
   * Sends a SYN to k workers that are not draining yet.
   *
   * @param staleSeconds workers without a heartbeat for longer are not asked
   * @param spared not asked either: their pods are going already
   * @throws StaleFence
   */
  async sendSyn(
    fence: number,
    workers: number,
    options: {
      readonly stepSeconds: number;
      readonly staleSeconds: number;
      readonly spared?: readonly WorkerId[];
    },
  ): Promise<readonly SentSyn[]> {
    const { stepSeconds, staleSeconds, spared = [] } = options;
    const args = [fence, workers, toMicros(stepSeconds), toMicros(staleSeconds), ...spared];
    const parts = this.#fenced(fence, await this.#store.run('syn', args));
    const sent: SentSyn[] = [];
    for (let at = 0; at < parts.length; at += 3) {
      const [workerId, synId, expires] = parts.slice(at, at + 3);
      sent.push({ workerId: String(workerId), synId: String(synId), expiresAtSeconds: toSeconds(expires) });
    }
    return sent;
  }

  /** Takes back up to k drained or draining workers, drained ones first, none of the spared. */
  async takeBack(
    fence: number,
    workers: number,
    spared: readonly WorkerId[] = [],
  ): Promise<readonly WorkerId[]> {
    return this.#fenced(fence, await this.#store.run('take-back', [fence, workers, ...spared])).map(String);
  }

  /** Marks drained workers as about to be removed; only those returned may be. */
  async beginRemoval(fence: number, workers: readonly WorkerId[]): Promise<readonly WorkerId[]> {
    return this.#fenced(fence, await this.#store.run('remove', [fence, ...workers])).map(String);
  }

  /** The removal was dropped: the workers may be taken back again. */
  async dropRemoval(fence: number, workers: readonly WorkerId[]): Promise<void> {
    if (workers.length === 0) return;
    this.#fenced(fence, await this.#store.run('unremove', [fence, ...workers]));
  }

  /** Whoever saw a worker's process end tells the registry, so that its task does not wait for the lease. */
  async workerEnded(workerId: WorkerId, how: 'stopped' | 'crashed'): Promise<void> {
    await this.#store.run('leave', [workerId, how]);
  }

  /** Waits until some worker acknowledges. False when the time is up. */
  async waitForAck(blocking: FarmStore, waitSeconds: number): Promise<boolean> {
    return (await blocking.redis.blpop(blocking.key('acks'), waitSeconds)) !== null;
  }

  /** Takes or renews a lease by name. @param minimumIntervalSeconds since it was last taken by anyone */
  async lock(
    name: string,
    token: string,
    options: { readonly holdSeconds: number; readonly minimumIntervalSeconds: number },
  ): Promise<LockReply> {
    const args = [name, token, toMicros(options.holdSeconds), toMicros(options.minimumIntervalSeconds)];
    const [kind, value] = (await this.#store.run('lock', args)) as readonly [string, Reply];
    if (kind === 'held' || kind === 'early') return { kind, secondsLeft: toSeconds(value) };
    return { kind: kind === 'taken' ? 'taken' : 'renewed', fence: Number(value) };
  }

  async unlock(name: string, token: string): Promise<void> {
    await this.#store.run('unlock', [name, token]);
  }

  /** Says which arrivals are planned, for policies that look ahead. Forgotten by itself after `keepSeconds`. */
  async announce(rate: AnnouncedRate, keepSeconds: number): Promise<void> {
    await this.#store.redis.set(
      this.#store.key('announced'),
      JSON.stringify(rate),
      'EX',
      Math.ceil(keepSeconds),
    );
  }

  #fenced(fence: number, reply: Reply): readonly Reply[] {
    const [kind, ...parts] = reply as readonly Reply[];
    if (kind === 'stale') throw new StaleFence(fence);
    return parts;
  }
}

/** In the order of `scripts/observe.lua`. */
function readSnapshot(reply: readonly Reply[]): QueueSnapshot {
  const [now, counters, held, figures, workers, announced] = reply;
  const [overdue, lost, leastSlack, longest, blobBytes, recorded] = figures as readonly Reply[];
  const registered = (workers as readonly Reply[]).map((entry) => readWorker(entry as readonly Reply[]));
  const counted = pairs(counters as readonly Reply[]);
  const counts = readCounters(counted);
  return {
    kind: 'snapshot',
    atSeconds: toSeconds(now),
    counters: counts,
    held: readHeld(held as readonly number[]),
    overdueHeld: Number(overdue),
    lostWaiting: Number(lost),
    ...(leastSlack === '' ? {} : { leastSlackSeconds: toSeconds(leastSlack) }),
    waitingWorkSeconds: toSeconds(counted.get('waitingWork') ?? 0),
    ...(longest === '' ? {} : { maxResponseSeconds: toSeconds(longest) }),
    workforce: workforceOf(registered),
    workers: registered,
    ...(typeof announced === 'string' ? { announced: JSON.parse(announced) as AnnouncedRate } : {}),
    blobBytes: Number(blobBytes),
    duplicated: duplicated(counts, Number(recorded)),
  };
}

function pairs(flat: readonly Reply[]): ReadonlyMap<string, Reply> {
  const map = new Map<string, Reply>();
  for (let at = 0; at + 1 < flat.length; at += 2) map.set(String(flat[at]), flat[at + 1] ?? null);
  return map;
}

function readHeld([waiting = 0, delayed = 0, leased = 0, answered = 0]: readonly number[]): Held {
  return { waiting, delayed, leased, answered };
}

function readCounters(counted: ReadonlyMap<string, Reply>): Counters {
  const of = (name: string): number => Number(counted.get(name) ?? 0);
  return {
    admitted: of('admitted'),
    admittedWorkSeconds: of('admittedWork') / 1e6,
    requeued: of('requeued'),
    enqueued: of('enqueued'),
    claimed: of('claimed'),
    answered: of('answered'),
    handedBack: of('handedBack'),
    attemptsFailed: of('attemptsFailed'),
    superseded: of('superseded'),
    retried: of('retried'),
    withdrawn: of('withdrawn'),
    lateAnswers: of('lateAnswers'),
    completed: of('completed'),
    failed: of('failed'),
    invalid: of('invalid'),
    met: of('met'),
    missed: of('missed'),
    cancelled: of('cancelled'),
    synExpired: of('synExpired'),
    ackRefused: of('ackRefused'),
    responseSecondsSum: of('responseSum') / 1e6,
    serviceSecondsSum: of('serviceSum') / 1e6,
    workerSecondsEnded: of('workerMicros') / 1e6,
  };
}

function readWorker(entry: readonly Reply[]): WorkerRecord {
  const [id, heartbeat, ...fields] = entry;
  const seat = pairs(fields);
  const text = (name: string): string | undefined => seat.get(name)?.toString();
  const taskId = text('task');
  const synId = text('syn');
  return {
    id: String(id),
    pod: text('pod') ?? '',
    state: stateOf(seat),
    startedAtSeconds: toSeconds(text('started') ?? 0),
    heartbeatAtSeconds: toSeconds(heartbeat),
    ...(taskId === undefined ? {} : { taskId, expectedFinishAtSeconds: toSeconds(text('finishAt') ?? 0) }),
    ...(synId === undefined ? {} : { synId }),
    ...(seat.has('removing') ? { removing: true } : {}),
  };
}

function stateOf(seat: ReadonlyMap<string, Reply>): WorkerRecord['state'] {
  if (seat.has('drained')) return 'drained';
  if (seat.has('syn')) return 'draining';
  if (seat.has('task')) return 'busy';
  return seat.has('seen') ? 'idle' : 'starting';
}
