import { setTimeout as delay } from 'node:timers/promises';
import type { Control } from '../shared/io/redis/control.ts';
import type { FarmStore } from '../shared/io/redis/farm-store.ts';
import type { LoadLedger, LoadRecord } from '../shared/io/redis/load-record.ts';
import { isAborted, untilAborted } from '../shared/io/until-aborted.ts';
import type { Logger } from '../template/farm-node22/contract.ts';
import { LoadPlan } from './load-plan.ts';
import { parseLoadSpec } from './load-spec.ts';
import type { EmitterMetrics } from './metrics.ts';

/** An emitter that dies is replaced after this long at most, and the time between two looks. */
const LEASE_SECONDS = 3;
const RENEW_SECONDS = 1;
const LOOK_SECONDS = 1;
/** A full farm is asked again after this long. */
const FULL_PAUSE_SECONDS = 0.5;
/** Arrivals in one script. */
const EMITTED_AT_ONCE = 100;
/** An announcement is forgotten by itself when its emitter is gone. */
const ANNOUNCEMENT_SECONDS = 5;
/** How long a stopping emitter waits for Redis to hear of it; after that the lease ends by itself. */
const UNLOCK_SECONDS = 0.5;

const LOCK = 'load';

export interface LoadRunnerParts {
  readonly store: FarmStore;
  readonly ledger: LoadLedger;
  readonly control: Control;
  readonly metrics: EmitterMetrics;
  readonly log: Logger;
  /** Unlike any other emitter's. */
  readonly token: string;
  readonly maxWaiting: number;
}

/**
 * Emits the farm's load, while this emitter holds the lease for it. Every emitter has one; whichever takes the lease
 * goes on where Redis says that the load is. What should have come meanwhile is emitted at once.
 */
export class LoadRunner {
  readonly #parts: LoadRunnerParts;
  #nudged = Promise.withResolvers<undefined>();

  constructor(parts: LoadRunnerParts) {
    this.#parts = parts;
  }

  /** A load may have begun: look at once. */
  nudge(): void {
    this.#nudged.resolve(undefined);
  }

  /** Runs until the signal aborts, and waits while Redis is away. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#nudged = Promise.withResolvers();
      try {
        await this.#turn(signal);
      } catch (error) {
        if (!isAborted(signal))
          this.#parts.log.warn({ err: error }, 'the load was interrupted; trying again');
      }
      await unlessAborted(Promise.race([this.#nudged.promise, delay(LOOK_SECONDS * 1000)]), signal);
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const { ledger, control, token } = this.#parts;
    const record = await untilAborted(ledger.read(), signal);
    if (record?.state !== 'running') return;
    const options = { holdSeconds: LEASE_SECONDS, minimumIntervalSeconds: 0 };
    const lock = await untilAborted(control.lock(LOCK, token, options), signal);
    if (lock.kind === 'held' || lock.kind === 'early') return;
    try {
      await this.#emitUnderLease(record, signal);
    } finally {
      const patience = AbortSignal.timeout(UNLOCK_SECONDS * 1000);
      await unlessAborted(control.unlock(LOCK, token), patience);
    }
  }

  async #emitUnderLease(record: LoadRecord, signal: AbortSignal): Promise<void> {
    const { store, log } = this.#parts;
    const plan = new LoadPlan(parseLoadSpec(JSON.parse(record.spec)), record.secret);
    // The farm's clock is asked once: from here on durations count.
    const begunAgo = (await untilAborted(store.nowSeconds(), signal)) - record.startedAtSeconds;
    const anchorMs = performance.now() - begunAgo * 1000;
    const elapsedSeconds = (): number => (performance.now() - anchorMs) / 1000;
    const run: Run = { record, plan, elapsedSeconds };
    log.info({ run: record.run, from: record.emitted, total: record.total }, 'emitting a load');
    const over = new AbortController();
    const within = AbortSignal.any([signal, over.signal]);
    const keeping = this.#keepLease(run, within).finally(() => {
      over.abort();
    });
    try {
      await unlessAborted(this.#emit(run, within), within);
    } finally {
      over.abort();
      await keeping;
    }
  }

  async #emit({ record, plan, elapsedSeconds }: Run, signal: AbortSignal): Promise<void> {
    const { ledger, metrics, maxWaiting, log } = this.#parts;
    let next = record.emitted;
    while (!signal.aborted) {
      const elapsed = elapsedSeconds();
      const tasks = plan.dueTasks(next, elapsed, EMITTED_AT_ONCE);
      if (tasks.length === 0) {
        await delay(millisecondsUntil(plan.dueSeconds(next), elapsed), undefined, { signal });
        continue;
      }
      const reply = await untilAborted(ledger.emit(record.run, next, tasks, maxWaiting), signal);
      for (let index = next; index < reply.emitted; index += 1) {
        metrics.emittedLateSeconds.observe(elapsed - (plan.dueSeconds(index) ?? elapsed));
      }
      metrics.emitted.inc(Math.max(0, reply.emitted - next));
      const wasFull = reply.emitted < next + tasks.length;
      next = reply.emitted;
      if (reply.state !== 'running') {
        log.info({ run: record.run, state: reply.state, emitted: reply.emitted }, 'the load is over');
        return;
      }
      if (wasFull) await delay(FULL_PAUSE_SECONDS * 1000, undefined, { signal });
    }
  }

  /** Ends when the lease is somebody else's, or the load is over. Announces what comes, as long as it lives. */
  async #keepLease(run: Run, signal: AbortSignal): Promise<void> {
    const { control, ledger, token } = this.#parts;
    const options = { holdSeconds: LEASE_SECONDS, minimumIntervalSeconds: 0 };
    try {
      for (;;) {
        const record = await untilAborted(ledger.read(), signal);
        if (record?.run !== run.record.run || record.state !== 'running') return;
        await untilAborted(this.#announce(run), signal);
        await delay(RENEW_SECONDS * 1000, undefined, { signal });
        const lock = await untilAborted(control.lock(LOCK, token, options), signal);
        if (lock.kind === 'held' || lock.kind === 'early') return;
      }
    } catch (error) {
      if (!signal.aborted) this.#parts.log.warn({ err: error }, 'the lease of the load could not be kept');
    }
  }

  async #announce({ record, plan, elapsedSeconds }: Run): Promise<void> {
    const elapsed = elapsedSeconds();
    const fromSeconds = record.startedAtSeconds + elapsed;
    const rate = { fromSeconds, ratePerSecond: plan.ratesPerSecond(elapsed) };
    await this.#parts.control.announce(rate, ANNOUNCEMENT_SECONDS);
  }
}

interface Run {
  readonly record: LoadRecord;
  readonly plan: LoadPlan;
  readonly elapsedSeconds: () => number;
}

/** At least 1, so that a due time that has just passed is no busy loop; at most what a timer can hold. */
function millisecondsUntil(dueSeconds: number | undefined, elapsedSeconds: number): number {
  const seconds = dueSeconds === undefined ? RENEW_SECONDS : dueSeconds - elapsedSeconds;
  return Math.max(1, Math.ceil(Math.min(60, seconds) * 1000));
}

/** For a wait that ends early when it is no longer wanted: that is not a failure. */
async function unlessAborted(waited: Promise<unknown>, signal: AbortSignal): Promise<void> {
  try {
    await untilAborted(waited, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
