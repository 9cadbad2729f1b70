import { guardTarget } from '../shared/control/guard.ts';
import type { GuardRules } from '../shared/control/guard.ts';
import { observe } from '../shared/control/observation.ts';
import type { Observation } from '../shared/control/observation.ts';
import type { Farm, ScaleOutcome } from '../shared/farm/farm-port.ts';
import type { FarmSnapshot } from '../shared/farm/snapshot.ts';
import type { Policy } from '../shared/policy/policy.ts';
import type { Decision, HoldReason, StepMemory } from './decision.ts';

export interface StepParts {
  readonly farm: Farm;
  readonly policy: Policy;
  readonly guards: GuardRules;
  readonly stepSeconds: number;
  readonly fence: number;
  /** Own monotonic clock, in seconds: durations only. */
  readonly clock: () => number;
}

/** What a step decided, and what the next one is to remember. */
export interface StepResult {
  readonly decision: Decision;
  readonly memory: StepMemory;
}

/**
 * One decision: observe → policy → guards → act. A farm that cannot be observed is left as it is, and a step in which
 * anything failed says so instead of guessing.
 */
export async function controlStep(parts: StepParts, memory: StepMemory): Promise<StepResult> {
  const startedAt = parts.clock();
  const base = { version: 1, fence: parts.fence, policy: parts.policy.name } as const;
  const finish = (rest: Omit<Decision, keyof typeof base | 'tookSeconds'>): Decision => ({
    ...base,
    ...rest,
    tookSeconds: parts.clock() - startedAt,
  });
  const snapshot = await parts.farm.observe(parts.stepSeconds);
  if (snapshot.kind === 'noData') {
    return { decision: finish({ guards: [], hold: hold('noData', snapshot.reason) }), memory };
  }
  const seen = memory.snapshot && observe(memory.snapshot, snapshot, parts.stepSeconds);
  const remembered = { snapshot };
  if (seen === undefined) {
    return { decision: finish(await firstLook(parts, snapshot)), memory: remembered };
  }
  const asked = parts.policy.decide(seen);
  return { decision: finish(await act(parts, { snapshot, seen, asked })), memory: remembered };
}

type Outcome = Omit<Decision, 'version' | 'fence' | 'policy' | 'tookSeconds'>;

/** Without an earlier look there are no rates: only the bounds are kept. */
function firstLook(parts: StepParts, snapshot: FarmSnapshot): Promise<Outcome> {
  return act(parts, { snapshot, asked: undefined }).then((outcome) => ({
    ...outcome,
    hold: hold('firstLook', 'no earlier look at the farm to take rates from; only the bounds are kept'),
  }));
}

async function act(
  parts: StepParts,
  step: { readonly snapshot: FarmSnapshot; readonly seen?: Observation; readonly asked: number | undefined },
): Promise<Outcome> {
  const current = step.seen?.workers ?? step.snapshot.pool.desired;
  const guarded = guardTarget(current, step.asked ?? current, parts.guards);
  const seen: Outcome = {
    atSeconds: step.snapshot.atSeconds,
    ...(step.seen === undefined ? {} : { observation: step.seen }),
    ...(step.asked === undefined ? {} : { asked: step.asked }),
    target: guarded.workers,
    guards: guarded.reasons,
  };
  try {
    const outcome: ScaleOutcome = await parts.farm.scaleTo(guarded.workers);
    return { ...seen, outcome, workers: outcome.applied };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ...seen, hold: hold('scalingFailed', detail) };
  }
}

function hold(reason: HoldReason, detail: string): NonNullable<Decision['hold']> {
  return { reason, detail };
}
