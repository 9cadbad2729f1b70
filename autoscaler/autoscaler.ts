import { randomUUID } from 'node:crypto';
import type { GuardRules } from '../shared/control/guard.ts';
import type { FarmHistory } from '../shared/control/observation.ts';
import { Control } from '../shared/io/redis/control.ts';
import { DecisionLog } from '../shared/io/redis/decision-log.ts';
import type { FarmStore } from '../shared/io/redis/farm-store.ts';
import { InvalidSetting } from '../shared/io/settings.ts';
import type { Decider, Policy } from '../shared/policy/policy.ts';
import { controlStep } from './control-step.ts';
import type { Decision } from './decision.ts';
import { LiveFarm } from './live-farm.ts';
import type { Pool } from './pool.ts';

export interface AutoscalerParts {
  readonly store: FarmStore;
  /** A connection of its own, for waiting. */
  readonly blocking: FarmStore;
  readonly pool: Pool;
  readonly policy: Policy;
  readonly guards: GuardRules;
  readonly stepSeconds: number;
  /** Own monotonic clock, in seconds: durations only. */
  readonly clock: () => number;
}

/** A step, or why there was none: another one is under way, or the last one is too recent. */
export type StepReply =
  | { readonly kind: 'stepped'; readonly decision: Decision }
  | { readonly kind: 'held' | 'early'; readonly secondsLeft: number };

/** Outlives a step, which waits 3 s for ACKs. Should a step outlive it after all, its fencing number is too old. */
const STEP_LEASE_SECONDS = 6;

/** Takes steps, one at a time whoever asks: two triggers, or two autoscalers, never act twice. */
export class Autoscaler {
  readonly #parts: AutoscalerParts;
  readonly #control: Control;
  readonly #decider: Decider;
  readonly #log: DecisionLog<Decision, FarmHistory>;

  constructor(parts: AutoscalerParts) {
    const { minWorkers, maxWorkers } = parts.guards;
    if (minWorkers > maxWorkers) {
      throw new InvalidSetting(
        'MIN_WORKERS',
        `must not be above MAX_WORKERS (${String(maxWorkers)})`,
        String(minWorkers),
      );
    }
    this.#parts = parts;
    this.#control = new Control(parts.store);
    this.#decider = parts.policy.begin();
    this.#log = new DecisionLog(parts.store);
  }

  async step(): Promise<StepReply> {
    const { stepSeconds } = this.#parts;
    const token = randomUUID();
    const lock = await this.#control.lock('step', token, {
      holdSeconds: STEP_LEASE_SECONDS,
      minimumIntervalSeconds: stepSeconds / 2,
    });
    if (!('fence' in lock)) return lock;
    try {
      return { kind: 'stepped', decision: await this.#decide(lock.fence) };
    } finally {
      await this.#control.unlock('step', token);
    }
  }

  /** Newest first. */
  latest(count: number): Promise<readonly Decision[]> {
    return this.#log.latest(count);
  }

  async #decide(fence: number): Promise<Decision> {
    const { store, blocking, pool, policy, guards, stepSeconds, clock } = this.#parts;
    await store.tick();
    const farm = new LiveFarm({ control: this.#control, pool, blocking, fence, stepSeconds, clock });
    const earlier = (await this.#log.memory()) ?? {};
    const named = { name: policy.name, decider: this.#decider };
    const parts = { farm, policy: named, guards, stepSeconds, fence, clock };
    const { decision, history } = await controlStep(parts, earlier);
    await this.#log.append(fence, decision, history);
    return decision;
  }
}
