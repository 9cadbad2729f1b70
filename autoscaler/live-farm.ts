import type { Farm, ScaleFailure, ScaleOutcome } from '../shared/farm/farm-port.ts';
import type { FarmSnapshot, NoData } from '../shared/farm/snapshot.ts';
import type { WorkerId, WorkerRecord } from '../shared/farm/worker.ts';
import type { Control } from '../shared/io/redis/control.ts';
import type { FarmStore } from '../shared/io/redis/farm-store.ts';
import type { Pool, PoolChange, PoolState } from './pool.ts';

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
}

/** How long a step waits for acknowledgements; later ones are collected by the next step. */
const ACK_WAIT_SECONDS = 3;
/** Workers without a heartbeat for longer are not sent a SYN. */
const STALE_SECONDS = 4;

/** Who is leaving, and how far each has come; and which members of the pool are no workers yet. */
interface Movement {
  /** Members that may go without a drain. */
  readonly unready: number;
  readonly drained: readonly WorkerRecord[];
  readonly draining: readonly WorkerRecord[];
}

/**
 * The farm port over Redis and a pool. Everything that a drain has reached stands in Redis and in the pool, nothing in
 * this object: an autoscaler that dies at any point leaves nothing that the next step cannot finish.
 */
export class LiveFarm implements Farm {
  readonly #parts: LiveFarmParts;

  constructor(parts: LiveFarmParts) {
    this.#parts = parts;
  }

  async observe(windowSeconds: number): Promise<FarmSnapshot | NoData> {
    try {
      const [queues, pool] = await Promise.all([
        this.#parts.control.observe(windowSeconds),
        this.#parts.pool.read(),
      ]);
      const ready = pool.members.filter((member) => member.ready).length;
      return { ...queues, pool: { desired: pool.desired, present: pool.members.length, ready } };
    } catch (error) {
      return { kind: 'noData', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /**
   * Brings the pool to n workers: 1. takes back who is leaving and still wanted; 2. starts what is missing; or
   * 3. sends SYNs for what is too many, waits for the ACKs and 4. removes exactly the workers that acknowledged.
   */
  async scaleTo(asked: number): Promise<ScaleOutcome> {
    const { pool } = this.#parts;
    const state = await pool.read();
    const leaving = await this.#movement(state);
    const remaining = state.desired - asked;
    const takenBack = await this.#takeBack(leaving, Math.max(0, remaining));
    if (remaining <= 0) return this.#grow(state.desired, asked, takenBack);
    const unready = Math.min(leaving.unready, remaining);
    const toDrain = remaining - unready;
    const sent = await this.#sendSyns(toDrain - leaving.drained.length - leaving.draining.length);
    const drained = await this.#awaitDrained(toDrain, state);
    return this.#shrink({ state, asked, takenBack, sent, drained, unready });
  }

  /** Workers on their way out. A removal that was marked and never carried out is undone first. */
  async #movement(state: PoolState): Promise<Movement> {
    const { workers } = await this.#parts.control.observe(0);
    const present = new Set(state.members.map(({ pod }) => pod));
    const dropped = workers.filter(
      (worker) => worker.removing === true && present.has(worker.pod) && present.size <= state.desired,
    );
    const { control, fence } = this.#parts;
    await control.dropRemoval(
      fence,
      dropped.map(({ id }) => id),
    );
    const staying = workers.filter((worker) => worker.removing !== true || dropped.includes(worker));
    return {
      unready: unreadyMembers(state, workers),
      drained: staying.filter((worker) => worker.state === 'drained' && present.has(worker.pod)),
      draining: staying.filter((worker) => worker.state === 'draining'),
    };
  }

  /** Of the leaving workers, keeps `stillToGo` on their way (drained ones first) and takes the others back. */
  async #takeBack(leaving: Movement, stillToGo: number): Promise<readonly WorkerId[]> {
    const all = [...leaving.drained, ...leaving.draining];
    const surplus = all.length - stillToGo;
    if (surplus <= 0) return [];
    const spared = all.slice(0, stillToGo).map(({ id }) => id);
    return this.#parts.control.takeBack(this.#parts.fence, surplus, spared);
  }

  async #grow(before: number, asked: number, takenBack: readonly WorkerId[]): Promise<ScaleOutcome> {
    const outcome = { before, asked, applied: asked, started: asked - before, takenBack };
    const nobody = { draining: [], removed: [], failures: [] };
    if (asked === before) return { ...outcome, ...nobody };
    const { pool, fence } = this.#parts;
    if (await pool.resize({ from: before, to: asked, remove: [], fence })) return { ...outcome, ...nobody };
    return { ...outcome, applied: before, started: 0, ...nobody, failures: [conflict(before)] };
  }

  async #sendSyns(count: number): Promise<readonly WorkerId[]> {
    if (count <= 0) return [];
    const { control, fence, stepSeconds } = this.#parts;
    const sent = await control.sendSyn(fence, count, { stepSeconds, staleSeconds: STALE_SECONDS });
    return sent.map(({ workerId }) => workerId);
  }

  /**
   * Waits until `count` workers have drained, or the time for this step is up; returns those that have. A worker whose
   * member is gone already is none of them: for its sake the pool would lose another one.
   */
  async #awaitDrained(count: number, { members }: PoolState): Promise<readonly WorkerRecord[]> {
    const { control, blocking, clock } = this.#parts;
    const present = new Set(members.map(({ pod }) => pod));
    const until = clock() + ACK_WAIT_SECONDS;
    for (;;) {
      const { workers } = await control.observe(0);
      const drained = workers.filter(
        ({ state, removing, pod }) => state === 'drained' && removing !== true && present.has(pod),
      );
      const leftSeconds = until - clock();
      if (drained.length >= count || leftSeconds <= 0) return drained.slice(0, count);
      await control.waitForAck(blocking, Math.max(0.05, leftSeconds));
    }
  }

  async #shrink(step: {
    readonly state: PoolState;
    readonly asked: number;
    readonly takenBack: readonly WorkerId[];
    readonly sent: readonly WorkerId[];
    readonly drained: readonly WorkerRecord[];
    readonly unready: number;
  }): Promise<ScaleOutcome> {
    const { control, fence } = this.#parts;
    const before = step.state.desired;
    const unready = Math.min(step.unready, await this.#unreadyNow());
    const marked = await control.beginRemoval(
      fence,
      step.drained.map(({ id }) => id),
    );
    const to = before - marked.length - unready;
    const remove = step.drained.filter(({ id }) => marked.includes(id)).map(({ pod }) => pod);
    const applied = to === before || (await this.#resizeOrDrop({ from: before, to, remove, fence }, marked));
    const pending = step.sent.filter((id) => !marked.includes(id));
    const failures: ScaleFailure[] = applied ? [] : [conflict(before)];
    if (to > step.asked) failures.push(ackPending(to - step.asked));
    return {
      before,
      asked: step.asked,
      applied: applied ? to : before,
      started: 0,
      takenBack: step.takenBack,
      draining: pending,
      removed: applied ? marked : [],
      failures,
    };
  }

  /** Looks again: while others drained, a member that was still starting may have taken a task. */
  async #unreadyNow(): Promise<number> {
    const [state, { workers }] = await Promise.all([this.#parts.pool.read(), this.#parts.control.observe(0)]);
    return unreadyMembers(state, workers);
  }

  async #resizeOrDrop(change: PoolChange, marked: readonly WorkerId[]): Promise<boolean> {
    try {
      if (await this.#parts.pool.resize(change)) return true;
    } catch (error) {
      await this.#parts.control.dropRemoval(this.#parts.fence, marked);
      throw error;
    }
    await this.#parts.control.dropRemoval(this.#parts.fence, marked);
    return false;
  }
}

/**
 * Members that may go without a drain: asked for and not there, pending, unready, or without an entry in the registry.
 * Whoever shrinks the pool takes these first.
 */
function unreadyMembers({ desired, members }: PoolState, workers: readonly WorkerRecord[]): number {
  const registered = new Set(workers.map(({ pod }) => pod));
  const missing = Math.max(0, desired - members.length);
  return missing + members.filter(({ ready, pod }) => !ready || !registered.has(pod)).length;
}

function conflict(before: number): ScaleFailure {
  const detail = `the pool is no longer ${String(before)}: somebody else has changed it; this step changes nothing`;
  return { reason: 'conflict', detail };
}

function ackPending(count: number): ScaleFailure {
  return {
    reason: 'ackPending',
    detail: `${String(count)} workers have not acknowledged yet; not applied in this step`,
  };
}
