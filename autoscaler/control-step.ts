import type { GuardRules } from '../shared/control/guard.ts';
import { remember } from '../shared/control/observation.ts';
import type { FarmHistory } from '../shared/control/observation.ts';
import type { Farm, ScaleOutcome } from '../shared/farm/farm-port.ts';
import { decideStep } from '../shared/policy/decision.ts';
import type { Decider } from '../shared/policy/policy.ts';
import type { Decision, HoldReason } from './decision.ts';

export interface StepParts {
  readonly farm: Farm;
  readonly policy: { readonly name: string; readonly decider: Decider };
  readonly guards: GuardRules;
  readonly stepSeconds: number;
  readonly fence: number;
  /** Own monotonic clock, in seconds: durations only. */
  readonly clock: () => number;
}

/** What a step decided, and what the next one is to remember. */
export interface StepResult {
  readonly decision: Decision;
  readonly history: FarmHistory;
}

/**
 * One decision: observe → policy → guards → act. A farm that cannot be observed is left as it is, and a step in which
 * anything failed says so instead of guessing.
 */
export async function controlStep(parts: StepParts, history: FarmHistory): Promise<StepResult> {
  const startedAt = parts.clock();
  const base = { version: 1, fence: parts.fence, policy: parts.policy.name } as const;
  const took = (): { readonly tookSeconds: number } => ({ tookSeconds: parts.clock() - startedAt });
  const snapshot = await parts.farm.observe(parts.stepSeconds);
  if (snapshot.kind === 'noData') {
    return { decision: { ...base, guards: [], hold: hold('noData', snapshot.reason), ...took() }, history };
  }
  const { guarded, ...seen } = decideStep(history, snapshot, parts.policy.decider, parts.guards);
  const { atSeconds } = snapshot;
  const decided = { ...base, atSeconds, ...seen, target: guarded.workers, guards: guarded.reasons };
  const acted = await scale(parts.farm, guarded.workers);
  const changed = acted.outcome !== undefined && acted.outcome.applied !== acted.outcome.before;
  return {
    decision: { ...decided, ...acted, ...took() },
    history: remember(history, snapshot, changed),
  };
}

async function scale(farm: Farm, workers: number): Promise<Pick<Decision, 'outcome' | 'workers' | 'hold'>> {
  try {
    const outcome: ScaleOutcome = await farm.scaleTo(workers);
    return { outcome, workers: outcome.applied };
  } catch (error) {
    return { hold: hold('scalingFailed', error instanceof Error ? error.message : String(error)) };
  }
}

function hold(reason: HoldReason, detail: string): NonNullable<Decision['hold']> {
  return { reason, detail };
}
