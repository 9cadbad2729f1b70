import { withCaution } from '../shared/control/guard.ts';
import type { Caution, GuardReason } from '../shared/control/guard.ts';
import type { Observation } from '../shared/control/observation.ts';
import type { Decider } from '../shared/policy/policy.ts';
import type { FallbackReason, Reason } from './decision.ts';
import type { PolicyShelf } from './policy-shelf.ts';
import type { StepMemory } from './step-memory.ts';
import type { UsablePolicy } from './usable-policy.ts';

/** The fallback may have the pool made smaller after so many healthy steps. */
const HEALTHY_STEPS = 3;
/** How far the time that really passed may be outside what a policy accepts: no clock strikes to the millisecond. */
const TOLERANCE = 0.1;

export interface TurnParts {
  readonly policies: Pick<PolicyShelf, 'choose' | 'refusals' | 'fallback'>;
  readonly stepSeconds: number;
  readonly cooldownSeconds: number;
  readonly silentWorkers: number;
  readonly healthySteps: number;
  readonly memory: StepMemory['decider'];
}

/** Who decided, and how it came to that. */
export interface Verdict {
  readonly by: UsablePolicy;
  readonly asked?: number;
  readonly fallback?: Reason<FallbackReason>;
  readonly guards: readonly GuardReason[];
  readonly memory?: StepMemory['decider'];
}

/** One decision: the policy's where it can decide, the fallback's otherwise, and neither against caution. */
export class Turn implements Decider {
  readonly #parts: TurnParts;
  #verdict: Verdict | undefined;

  constructor(parts: TurnParts) {
    this.#parts = parts;
  }

  /** Undefined until it has decided. */
  get verdict(): Verdict | undefined {
    return this.#verdict;
  }

  decide(seen: Observation): number | undefined {
    const verdict = this.#judge(seen);
    this.#verdict = verdict;
    if (verdict.asked === undefined) return undefined;
    const guarded = withCaution(seen.workers, verdict.asked, this.#caution(seen, verdict));
    this.#verdict = { ...verdict, guards: guarded.reasons };
    return guarded.workers;
  }

  #judge(seen: Observation): Verdict {
    const { policies, stepSeconds } = this.#parts;
    const policy = policies.choose(seen);
    if (policy === undefined) return this.#fallBack(seen, 'policyRefused', 'no policy can be used');
    const mismatch = mismatchOf(policy, stepSeconds, seen.intervalSeconds);
    if (mismatch !== undefined) return this.#fallBack(seen, 'stepMismatch', mismatch);
    try {
      return this.#ask(policy, seen);
    } catch (error) {
      return this.#fallBack(seen, 'policyFailed', error instanceof Error ? error.message : String(error));
    }
  }

  #fallBack(seen: Observation, reason: FallbackReason, detail: string): Verdict {
    const { fallback } = this.#parts.policies;
    return { ...this.#ask(fallback, seen), fallback: { reason, detail } };
  }

  #ask(by: UsablePolicy, seen: Observation): Verdict {
    const identity = `${by.name} ${by.version}`;
    const { memory } = this.#parts;
    const decider = by.policy.begin(memory?.policy === identity ? memory.memory : undefined);
    const asked = decider.decide(by.announced === false ? withoutAnnouncement(seen) : seen);
    if (asked !== undefined && !Number.isFinite(asked)) {
      throw new RangeError(`expected a finite number of workers; ${by.name} asked for ${String(asked)}`);
    }
    const left = decider.memory?.();
    return {
      by,
      ...(asked === undefined ? {} : { asked }),
      guards: [],
      ...(left === undefined ? {} : { memory: { policy: identity, memory: left } }),
    };
  }

  #caution(seen: Observation, { fallback }: Verdict): Caution {
    const { cooldownSeconds, silentWorkers, healthySteps } = this.#parts;
    return {
      secondsSinceAction: seen.secondsSinceAction,
      cooldownSeconds,
      silentWorkers,
      mayShrink: fallback === undefined || healthySteps >= HEALTHY_STEPS,
    };
  }
}

/** Why a policy is not made for steps of this length; undefined where it is. */
function mismatchOf(
  { name, stepSeconds: accepted }: UsablePolicy,
  stepSeconds: number,
  passedSeconds = stepSeconds,
): string | undefined {
  if (accepted === undefined) return undefined;
  const { least, most } = accepted;
  const range = `${name} accepts steps from ${String(least)} to ${String(most)} s`;
  if (stepSeconds < least || stepSeconds > most) return `${range}; STEP_SECONDS is ${String(stepSeconds)}`;
  if (passedSeconds < least * (1 - TOLERANCE) || passedSeconds > most * (1 + TOLERANCE)) {
    return `${range}; ${passedSeconds.toFixed(1)} s have passed since the last one`;
  }
  return undefined;
}

/** A policy that was made for work that only comes from outside is not shown what is planned. */
function withoutAnnouncement(seen: Observation): Observation {
  const { announcedRatePerSecond, ...rest } = seen;
  return announcedRatePerSecond === undefined ? seen : rest;
}
