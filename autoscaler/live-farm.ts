import type { ScaleFailure, ScaleOutcome } from '../shared/farm/farm-port.ts';
import type { FarmSnapshot, NoData } from '../shared/farm/snapshot.ts';
import { workforceOf } from '../shared/farm/worker.ts';
import type { WorkerId, WorkerRecord } from '../shared/farm/worker.ts';
import type { Control } from '../shared/io/redis/control.ts';
import type { FarmStore } from '../shared/io/redis/farm-store.ts';
import type { StayingFarm } from './control-step.ts';
import { PoolFailure } from './pool.ts';
import type { Pool, PoolChange, PoolMember, PoolResult, PoolState } from './pool.ts';
import { freeMembers, hasLeft, isPresent, removableNow, unreadyWorkers } from './pool-reconciliation.ts';

export interface LiveFarmParts {
  readonly control: Control;
  readonly pool: Pool;
  /** A connection of its own, for waiting. */
  readonly blocking: FarmStore;
  /** The step's fencing number: a step that was overtaken changes nothing. */
  readonly fence: number;
  readonly stepSeconds: number;
  /** Own monotonic clock, in seconds: durations only. */
  readonly clock: () => number;
  /** By that clock; a step that takes longer begins nothing more. */
  readonly untilSeconds?: number;
}

/** The step was held up for so long that what it has seen is no ground to act on. */
export class StepOver extends Error {
  override readonly name = 'StepOver';
  constructor() {
    super("The step's time is over: what it had begun is left to the next one.");
  }
}

/** How long a step waits for acknowledgements; later ones are collected by the next step. */
const ACK_WAIT_SECONDS = 3;
/** Workers without a heartbeat for longer are not sent a SYN. */
const STALE_SECONDS = 4;

/** Who is leaving, and how far each has come; and which members of the pool are no workers. */
interface Movement {
  /** Members that may go without a drain, counted. */
  readonly free: number;
  /** Drained and draining workers: those that the platform would remove first, then those that have drained. */
  readonly leaving: readonly WorkerRecord[];
  /** Workers that must drain before any other, and have not been asked. */
  readonly first: readonly WorkerId[];
  /** Workers that no longer count: they are sent no SYN, and not taken back. */
  readonly gone: readonly WorkerId[];
}

/** A scale-down that has come as far as it will in this step. */
interface Descent {
  readonly state: PoolState;
  readonly asked: number;
  readonly takenBack: readonly WorkerId[];
  readonly sent: readonly WorkerId[];
  readonly drained: readonly WorkerRecord[];
  readonly free: number;
}

/** What may really go, right before it is asked for. */
interface LastLook {
  /** What a change is to begin from. */
  readonly seen: PoolState;
  /** So many go without a drain; `free` are those of them that are there. */
  readonly count: number;
  readonly free: readonly PoolMember[];
  readonly removable: readonly WorkerRecord[];
  /** Why some of those that have drained stay. */
  readonly failure?: ScaleFailure;
}

/**
 * The farm port over Redis and a pool. Everything that a drain has reached stands in Redis and in the pool, nothing in
 * this object: an autoscaler that dies at any point leaves nothing that the next step cannot finish.
 */
export class LiveFarm implements StayingFarm {
  readonly #parts: LiveFarmParts;

  constructor(parts: LiveFarmParts) {
    this.#parts = parts;
  }

  async observe(windowSeconds: number): Promise<FarmSnapshot | NoData> {
    const { control, pool, fence } = this.#parts;
    try {
      const [queues, state] = await Promise.all([control.observe(windowSeconds), pool.read(fence)]);
      const workers = queues.workers.filter((worker) => !hasLeft(worker, state));
      const silent = workers.filter(
        ({ heartbeatAtSeconds }) => queues.atSeconds - heartbeatAtSeconds > STALE_SECONDS,
      );
      return {
        ...queues,
        workforce: workforceOf(workers),
        silentWorkers: silent.length,
        pool: figuresOf(state),
      };
    } catch (error) {
      const trouble = error instanceof PoolFailure ? { trouble: error.reason } : {};
      return { kind: 'noData', reason: error instanceof Error ? error.message : String(error), ...trouble };
    }
  }

  /**
   * Brings the pool to n workers: 1. takes back who is leaving and still wanted; 2. starts what is missing; or
   * 3. sends SYNs for what is too many, waits for the ACKs and 4. removes exactly the workers that acknowledged.
   * A pool that must not be scaled now is left as it is, and nobody stays drained for nothing.
   */
  async scaleTo(asked: number): Promise<ScaleOutcome> {
    const { pool, fence } = this.#parts;
    const state = await pool.read(fence);
    const wanted = state.rollout === undefined ? Math.min(asked, state.ceiling ?? asked) : state.desired;
    const outcome = await this.#bring(state, wanted);
    const failures: ScaleFailure[] = [...(state.notices ?? [])];
    if (state.rollout !== undefined) failures.push(heldBy(state.rollout));
    else if (wanted < asked) failures.push(clamped(asked, wanted));
    return { ...outcome, asked, failures: [...failures, ...outcome.failures] };
  }

  /** Keeps the pool at the size that it has, whoever has given it that, and takes back who is leaving. */
  async stay(): Promise<ScaleOutcome> {
    const state = await this.#parts.pool.read(this.#parts.fence);
    const outcome = await this.#bring(state, state.desired);
    return { ...outcome, failures: [...(state.notices ?? []), ...outcome.failures] };
  }

  async #bring(state: PoolState, asked: number): Promise<ScaleOutcome> {
    const movement = await this.#movement(state);
    const remaining = state.desired - asked;
    const free = Math.min(movement.free, Math.max(0, remaining));
    const toDrain = Math.max(0, remaining - free);
    const takenBack = await this.#takeBack(movement, toDrain);
    if (remaining <= 0) return this.#grow(state, asked, takenBack);
    const sent = await this.#sendSyns(toDrain, movement);
    const drained = await this.#awaitDrained(toDrain, state);
    return this.#shrink({ state, asked, takenBack, sent, drained, free });
  }

  /** Workers on their way out. A removal that was marked and never carried out is undone first. */
  async #movement(state: PoolState): Promise<Movement> {
    const { control, fence, pool } = this.#parts;
    const { workers } = await control.observe(0);
    const gone = workers.filter((worker) => hasLeft(worker, state));
    const counted = workers.filter((worker) => !gone.includes(worker));
    const dropped = counted.filter(({ removing }) => removing === true);
    await pool.spare(dropped.map(({ pod }) => pod));
    await control.dropRemoval(fence, identify(dropped));
    const { missing, members } = freeMembers(state, workers);
    const unready = unreadyWorkers(state, counted);
    const leaving = counted.filter(isLeaving);
    const inOrder = [
      ...leaving.filter((worker) => unready.includes(worker)),
      ...leaving.filter((worker) => !unready.includes(worker) && worker.state === 'drained'),
      ...leaving.filter((worker) => !unready.includes(worker) && worker.state === 'draining'),
    ];
    const first = unready.filter((worker) => !isLeaving(worker));
    return { free: missing + members.length, leaving: inOrder, first: identify(first), gone: identify(gone) };
  }

  /** Of the leaving workers, keeps `stillToGo` on their way and takes the others back. */
  async #takeBack({ leaving, gone }: Movement, stillToGo: number): Promise<readonly WorkerId[]> {
    const surplus = leaving.length - stillToGo;
    if (surplus <= 0) return [];
    const spared = identify(leaving.slice(0, stillToGo));
    return this.#parts.control.takeBack(this.#parts.fence, surplus, [...spared, ...gone]);
  }

  async #grow(state: PoolState, asked: number, takenBack: readonly WorkerId[]): Promise<ScaleOutcome> {
    const before = state.desired;
    const nobody = { before, asked, takenBack, draining: [], removed: [] };
    if (asked === before) return { ...nobody, applied: before, started: 0, failures: [] };
    const { desired, failures } = await this.#resize({ seen: state, to: asked, remove: [] });
    return { ...nobody, applied: desired, started: Math.max(0, desired - before), failures };
  }

  /** Asks those that must drain before any other, then as many more as are still too many. */
  async #sendSyns(toDrain: number, movement: Movement): Promise<readonly WorkerId[]> {
    const { control, fence, stepSeconds } = this.#parts;
    const { leaving, first, gone } = movement;
    const ask = async (count: number, spared: readonly WorkerId[]): Promise<readonly WorkerId[]> => {
      if (count <= 0) return [];
      this.#expectTime();
      const sent = await control.sendSyn(fence, count, { stepSeconds, staleSeconds: STALE_SECONDS, spared });
      return sent.map(({ workerId }) => workerId);
    };
    const asked: WorkerId[] = [];
    if (first.length > 0) {
      const { workers } = await control.observe(0);
      const others = identify(workers).filter((id) => !first.includes(id));
      asked.push(...(await ask(Math.min(first.length, toDrain), others)));
    }
    // One step has so many of them in all: the reply names those that were asked before, too.
    const more = await ask(Math.max(asked.length, toDrain - leaving.length), gone);
    return more.length === 0 ? asked : more;
  }

  /**
   * Waits until `count` workers have drained, or the time for this step is up; returns those that have. A worker whose
   * member is gone already is none of them: for its sake the pool would lose another one.
   */
  async #awaitDrained(count: number, state: PoolState): Promise<readonly WorkerRecord[]> {
    const { control, blocking, clock } = this.#parts;
    const until = clock() + ACK_WAIT_SECONDS;
    for (;;) {
      const { workers } = await control.observe(0);
      const drained = workers.filter(
        (worker) => worker.state === 'drained' && worker.removing !== true && isPresent(worker, state),
      );
      const leftSeconds = until - clock();
      if (drained.length >= count || leftSeconds <= 0) return drained.slice(0, count);
      await control.waitForAck(blocking, Math.max(0.05, leftSeconds));
    }
  }

  async #shrink(descent: Descent): Promise<ScaleOutcome> {
    const { control, fence } = this.#parts;
    const { state, asked, takenBack, sent } = descent;
    const before = state.desired;
    const { seen, free, count, removable, failure } = await this.#lookAgain(descent);
    this.#expectTime();
    const marked = await control.beginRemoval(fence, identify(removable));
    const leaving = removable.filter(({ id }) => marked.includes(id));
    const to = before - leaving.length - count;
    const drained = leaving.flatMap(({ pod }) => seen.members.filter((member) => member.pod === pod));
    const change = { seen, to, remove: [...free, ...drained] };
    const result = to === before ? unchanged(before) : await this.#resize(change);
    await control.dropRemoval(fence, identify(leaving, result.kept));
    const failures = [...result.failures];
    if (failure !== undefined) failures.push(failure);
    else if (to > asked) failures.push(ackPending(to - asked));
    return {
      before,
      asked,
      applied: result.desired,
      started: 0,
      takenBack,
      draining: sent.filter((id) => !marked.includes(id)),
      removed: identify(leaving, result.removed),
      failures,
    };
  }

  #resize(change: Pick<PoolChange, 'seen' | 'to' | 'remove'>): Promise<PoolResult> {
    const { pool, fence } = this.#parts;
    this.#expectTime();
    return pool.resize({ ...change, fence, isOver: () => this.#isOver() });
  }

  /** Redis may have been away for any time in the middle of a step: nobody is removed for what was true before. */
  #expectTime(): void {
    if (this.#isOver()) throw new StepOver();
  }

  #isOver(): boolean {
    const { clock, untilSeconds = Infinity } = this.#parts;
    return clock() >= untilSeconds;
  }

  /**
   * Looks again: while others drained, a member that was still starting may have taken a task, one may no longer be
   * ready, or a rollout may have begun.
   */
  async #lookAgain({ state: before, free, drained }: Descent): Promise<LastLook> {
    const { pool, control, fence } = this.#parts;
    const [state, { workers }] = await Promise.all([pool.read(fence), control.observe(0)]);
    // Where somebody else has scaled, the change is to fail by what it was meant for.
    const seen = isAsLarge(state, before) ? state : before;
    if (state.rollout !== undefined)
      return { seen, count: 0, free: [], removable: [], failure: heldBy(state.rollout) };
    const { missing, members } = freeMembers(state, workers);
    const count = Math.min(free, missing + members.length);
    const removable = removableNow(drained, state, workers);
    return {
      seen,
      count,
      free: members.slice(0, Math.max(0, count - missing)),
      removable,
      ...(removable.length < drained.length ? { failure: unready() } : {}),
    };
  }
}

function figuresOf({ desired, members, rollout }: PoolState): FarmSnapshot['pool'] {
  const ready = members.filter((member) => member.ready).length;
  return { desired, present: members.length, ready, ...(rollout === undefined ? {} : { rollout }) };
}

function isAsLarge({ desired, parts }: PoolState, before: PoolState): boolean {
  if (desired !== before.desired) return false;
  return [...(parts ?? [])].every(([part, size]) => before.parts?.get(part) === size);
}

function isLeaving({ state }: WorkerRecord): boolean {
  return state === 'draining' || state === 'drained';
}

/** @param pods where given, only the workers of these */
function identify(workers: readonly WorkerRecord[], pods?: readonly string[]): readonly WorkerId[] {
  return workers.filter(({ pod }) => pods?.includes(pod) ?? true).map(({ id }) => id);
}

function unchanged(desired: number): PoolResult {
  return { desired, removed: [], kept: [], failures: [] };
}

function clamped(asked: number, ceiling: number): ScaleFailure {
  const detail = `something keeps the pool at ${String(ceiling)} workers: ${String(asked)} are not asked for; a policy of the platform, or another autoscaler?`;
  return { reason: 'clamped', detail };
}

function heldBy(rollout: string): ScaleFailure {
  return { reason: 'rollout', detail: rollout };
}

function ackPending(count: number): ScaleFailure {
  const detail = `${String(count)} workers have not acknowledged yet; not applied in this step`;
  return { reason: 'ackPending', detail };
}

function unready(): ScaleFailure {
  const detail =
    'a worker that has not drained is not ready: it would be removed instead of one that has; tried again in the next step';
  return { reason: 'unready', detail };
}
