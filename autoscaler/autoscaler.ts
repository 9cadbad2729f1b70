import { randomUUID } from 'node:crypto';
import { Control } from '../shared/io/redis/control.ts';
import type { LockReply } from '../shared/io/redis/control.ts';
import { DecisionLog } from '../shared/io/redis/decision-log.ts';
import type { FarmStore } from '../shared/io/redis/farm-store.ts';
import { InvalidSetting } from '../shared/io/settings.ts';
import { controlStep } from './control-step.ts';
import type { StepRules } from './control-step.ts';
import type { Decision } from './decision.ts';
import { LiveFarm } from './live-farm.ts';
import type { AutoscalerMetrics } from './metrics.ts';
import type { PolicyShelf } from './policy-shelf.ts';
import type { Pool } from './pool.ts';
import { NO_MEMORY } from './step-memory.ts';
import type { StepMemory } from './step-memory.ts';
import { within } from './within.ts';

export interface AutoscalerParts {
  readonly store: FarmStore;
  /** A connection of its own, for waiting. */
  readonly blocking: FarmStore;
  readonly pool: Pool;
  readonly policies: PolicyShelf;
  readonly rules: StepRules;
  readonly minimumIntervalSeconds: number;
  readonly metrics: AutoscalerMetrics;
  /** Own monotonic clock, in seconds: durations only. */
  readonly clock: () => number;
}

/** A step, or why there was none: another one is under way, or the last one is too recent. */
export type StepReply =
  | { readonly kind: 'stepped'; readonly decision: Decision }
  | { readonly kind: 'held' | 'early'; readonly secondsLeft: number };

/** A step waits 3 s of it for ACKs. What is not begun by then is left to the next one. */
const STEP_SECONDS = 6;
/** Outlives that by what the pool may take for a call that was under way. */
const STEP_LEASE_SECONDS = 7.5;
/** A Redis that has not answered for so long is away. */
const ANSWER_SECONDS = 3;

/** Takes steps, one at a time whoever asks: two triggers, or two autoscalers, never act twice. */
export class Autoscaler {
  readonly #parts: AutoscalerParts;
  readonly #control: Control;
  readonly #log: DecisionLog<Decision, StepMemory>;
  readonly #underWay = new Set<Promise<StepReply>>();

  constructor(parts: AutoscalerParts) {
    const { minWorkers, maxWorkers } = parts.rules.guards;
    if (minWorkers > maxWorkers) {
      throw new InvalidSetting(
        'MIN_WORKERS',
        `must not be above MAX_WORKERS (${String(maxWorkers)})`,
        String(minWorkers),
      );
    }
    this.#parts = parts;
    this.#control = new Control(parts.store);
    this.#log = new DecisionLog(parts.store);
  }

  get policies(): PolicyShelf {
    return this.#parts.policies;
  }

  get rules(): StepRules {
    return this.#parts.rules;
  }

  /** Whether what is asked of Redis now is answered now, not when it is back. */
  get isConnected(): boolean {
    return this.#parts.store.redis.status === 'ready';
  }

  step(): Promise<StepReply> {
    const step = this.#step();
    this.#underWay.add(step);
    const over = (): void => {
      this.#underWay.delete(step);
    };
    void step.then(over, over);
    return step;
  }

  /** Resolves when no step is under way. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  async #step(): Promise<StepReply> {
    const { policies, metrics, clock } = this.#parts;
    const startedAt = clock();
    const token = randomUUID();
    const lock = await this.#lock(token);
    if (lock !== undefined && !('fence' in lock)) return lock;
    const made = lock && (await this.#decideWith(lock.fence, token));
    const decision = made ?? heldWithoutData(lock?.fence, clock() - startedAt);
    metrics.record(decision, policies);
    policies.warn(decision);
    void policies.loadEngine();
    return { kind: 'stepped', decision };
  }

  /** Newest first. */
  latest(count: number): Promise<readonly Decision[]> {
    return this.#log.latest(count);
  }

  async isPaused(): Promise<boolean> {
    return (await this.#log.before()).isPaused;
  }

  /** For every autoscaler of the farm, until it is taken back. */
  setPaused(isPaused: boolean): Promise<void> {
    return this.#log.setPaused(isPaused);
  }

  /** Undefined where Redis does not answer. A lease that is granted after all is given back. */
  async #lock(token: string): Promise<LockReply | undefined> {
    const { minimumIntervalSeconds } = this.#parts;
    // What is sent to a Redis that is away waits until it is back, and would then take a lease for nobody.
    if (!this.isConnected) return undefined;
    const options = { holdSeconds: STEP_LEASE_SECONDS, minimumIntervalSeconds };
    const asked = this.#control.lock('step', token, options);
    const lock = await within(asked, ANSWER_SECONDS);
    if (lock === undefined) void asked.then(() => this.#unlock(token)).catch(() => undefined);
    return lock;
  }

  /** Whoever cannot give its lease back lets it run out. */
  async #unlock(token: string): Promise<void> {
    await within(this.#control.unlock('step', token), ANSWER_SECONDS);
  }

  /** Undefined where the step was not over in time: nobody takes another one before what is under way has ended. */
  async #decideWith(fence: number, token: string): Promise<Decision | undefined> {
    const made = within(this.#decide(fence), STEP_SECONDS);
    const isUnderWay = await made.then(
      (decision) => decision === undefined,
      () => false,
    );
    if (!isUnderWay) await this.#unlock(token);
    return made;
  }

  async #decide(fence: number): Promise<Decision> {
    const { store, blocking, pool, policies, rules, clock } = this.#parts;
    const untilSeconds = clock() + STEP_SECONDS;
    await policies.look();
    await store.tick();
    const [{ memory, isPaused }, dispatch] = await Promise.all([this.#log.before(), store.dispatchOrder()]);
    const { stepSeconds } = rules;
    const control = this.#control;
    const farm = new LiveFarm({ control, pool, blocking, fence, stepSeconds, clock, untilSeconds });
    const parts = { farm, policies, rules, dispatch, isPaused, fence, clock };
    // An earlier version kept the bare history.
    const before = memory !== undefined && 'history' in memory ? memory : NO_MEMORY;
    const { decision, memory: left } = await controlStep(parts, before);
    await this.#log.append(fence, decision, left);
    return decision;
  }
}

/** A step that did not come to an end, or not even to a beginning: it can leave no record but its line in the log. */
function heldWithoutData(fence: number | undefined, tookSeconds: number): Decision {
  const tooLong = `the step was not over within ${String(STEP_SECONDS)} s`;
  const detail = fence === undefined ? 'Redis does not answer' : tooLong;
  return { version: 1, fence: fence ?? 0, guards: [], hold: { reason: 'noData', detail }, tookSeconds };
}
