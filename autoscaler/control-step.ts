import type { GuardRules } from '../shared/control/guard.ts';
import { remember } from '../shared/control/observation.ts';
import { farmhandReward, paperReward, totalReward } from '../shared/control/reward.ts';
import type { RewardedStep } from '../shared/control/reward.ts';
import type { DispatchOrder } from '../shared/farm/dispatch-order.ts';
import type { Farm, ScaleOutcome } from '../shared/farm/farm-port.ts';
import type { FarmSnapshot } from '../shared/farm/snapshot.ts';
import { decideStep } from '../shared/policy/decision.ts';
import type { StepDecision } from '../shared/policy/decision.ts';
import type { Decision } from './decision.ts';
import type { PolicyShelf } from './policy-shelf.ts';
import { warningsOn } from './policy-warnings.ts';
import { PoolFailure } from './pool.ts';
import { healthyBefore } from './step-memory.ts';
import type { StepMemory } from './step-memory.ts';
import { Turn } from './turn.ts';
import type { Verdict } from './turn.ts';

export interface StepRules {
  readonly guards: GuardRules;
  readonly cooldownSeconds: number;
  readonly isDryRun: boolean;
  readonly stepSeconds: number;
}

/** A farm that can also be told to stay as it is. */
export interface StayingFarm extends Farm {
  /** Leaves the pool as large as it is; whoever is on the way out goes back to work. */
  stay(): Promise<ScaleOutcome>;
}

export interface StepParts {
  readonly farm: StayingFarm;
  readonly policies: Pick<PolicyShelf, 'choose' | 'refusals' | 'fallback'>;
  readonly rules: StepRules;
  /** In which the farm serves its tasks. */
  readonly dispatch: DispatchOrder;
  readonly isPaused: boolean;
  readonly fence: number;
  /** Own monotonic clock, in seconds: durations only. */
  readonly clock: () => number;
}

/** What a step decided, and what the next one is to remember. */
export interface StepResult {
  readonly decision: Decision;
  readonly memory: StepMemory;
}

/** What only means that things take their time; after any other failure the step was not healthy. */
const PATIENT = ['ackPending', 'synExpired', 'unready', 'rollout'];

/**
 * One decision: observe → policy → guards → act. A farm that cannot be observed is left as it is, and a step in which
 * anything failed says so instead of guessing.
 */
export async function controlStep(parts: StepParts, before: StepMemory): Promise<StepResult> {
  const { farm, fence, policies, rules, clock } = parts;
  const startedAt = clock();
  const refused = policies.refusals();
  const base = { version: 1, fence, ...(refused.length === 0 ? {} : { refused }) } as const;
  const took = (): { readonly tookSeconds: number } => ({ tookSeconds: clock() - startedAt });
  const snapshot = await farm.observe(rules.stepSeconds);
  if (snapshot.kind === 'noData') {
    const { reason: detail, trouble } = snapshot;
    const hold = { reason: 'noData', detail, ...(trouble === undefined ? {} : { trouble }) } as const;
    return {
      decision: { ...base, guards: [], hold, ...took() },
      memory: { ...before, fence, healthySteps: 0, delta: 0 },
    };
  }
  const { seen, verdict } = judge(parts, before, snapshot);
  const acted = await act(parts, snapshot, seen);
  const delta = acted.outcome === undefined ? 0 : acted.outcome.applied - acted.outcome.before;
  const decision = {
    ...base,
    atSeconds: snapshot.atSeconds,
    pool: snapshot.pool,
    ...recorded(parts, seen, verdict),
    ...acted,
    ...rewardOf(before, snapshot, seen),
    ...took(),
  };
  const memory = {
    history: remember(before.history, snapshot, delta !== 0),
    fence,
    healthySteps: isHealthy(acted) ? healthyBefore(before, fence) + 1 : 0,
    delta,
    ...(verdict.memory === undefined ? {} : { decider: verdict.memory }),
  };
  return { decision, memory };
}

function judge(
  { policies, rules, fence }: StepParts,
  before: StepMemory,
  snapshot: FarmSnapshot,
): { readonly seen: StepDecision; readonly verdict: Verdict } {
  const turn = new Turn({
    policies,
    stepSeconds: rules.stepSeconds,
    cooldownSeconds: rules.cooldownSeconds,
    silentWorkers: snapshot.silentWorkers ?? 0,
    healthySteps: healthyBefore(before, fence),
    memory: before.decider,
  });
  const seen = decideStep(before.history, snapshot, turn, rules.guards);
  const { verdict } = turn;
  if (verdict === undefined) throw new Error('Expected the step to ask its policy, but it did not.');
  return { seen, verdict };
}

type Recorded =
  'policy' | 'policyVersion' | 'fallback' | 'warnings' | 'observation' | 'asked' | 'target' | 'guards';

function recorded(
  { dispatch }: StepParts,
  { observation, guarded }: StepDecision,
  { by, asked, fallback, guards }: Verdict,
): Pick<Decision, Recorded> {
  const isAnnounced = observation.announcedRatePerSecond !== undefined;
  const warnings = warningsOn(by, { dispatch, isAnnounced });
  return {
    policy: by.name,
    policyVersion: by.version,
    ...(fallback === undefined ? {} : { fallback }),
    ...(warnings.length === 0 ? {} : { warnings }),
    observation,
    ...(asked === undefined ? {} : { asked }),
    target: guarded.workers,
    guards: [...guards, ...guarded.reasons],
  };
}

type Acted = Pick<Decision, 'outcome' | 'workers' | 'hold'>;

async function act(
  { farm, isPaused, rules }: StepParts,
  { pool }: FarmSnapshot,
  { guarded }: StepDecision,
): Promise<Acted> {
  const dryRun = { reason: 'dryRun', detail: 'DRY_RUN is set' } as const;
  if (rules.isDryRun) return { workers: pool.desired, hold: dryRun };
  const held = holdOf(isPaused, pool.rollout);
  if (held === undefined) return carriedOut(farm.scaleTo(guarded.workers));
  // It may be held for long: nobody is to stand by drained all that time.
  return { hold: held, ...(await carriedOut(farm.stay())) };
}

function holdOf(isPaused: boolean, rollout: string | undefined): Decision['hold'] {
  if (isPaused) return { reason: 'paused', detail: 'POST /resume lets it go on' };
  return rollout === undefined ? undefined : { reason: 'rolloutInProgress', detail: rollout };
}

async function carriedOut(scaling: Promise<ScaleOutcome>): Promise<Acted> {
  try {
    const outcome = await scaling;
    return { outcome, workers: outcome.applied };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const trouble = error instanceof PoolFailure ? { trouble: error.reason } : {};
    return { hold: { reason: 'scalingFailed', detail, ...trouble } };
  }
}

function isHealthy({ hold: held, outcome }: Acted): boolean {
  if (held?.reason === 'scalingFailed') return false;
  return (outcome?.failures ?? []).every(({ reason }) => PATIENT.includes(reason));
}

/** What the step before was worth, seen from here; nothing after a first look, or in a farm that was made anew. */
function rewardOf(
  { history, delta }: StepMemory,
  after: FarmSnapshot,
  { observation }: StepDecision,
): Pick<Decision, 'reward'> {
  const { before } = history;
  if (before === undefined || observation.intervalSeconds === undefined) return {};
  const step: RewardedStep = { before, after, observation, delta };
  return {
    reward: { farmhand: totalReward(farmhandReward()(step)), paper: totalReward(paperReward(step)) },
  };
}
