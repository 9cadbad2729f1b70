import type { Reward, RewardTerms } from '../../shared/control/reward.ts';
import { totalReward } from '../../shared/control/reward.ts';
import { guardTarget } from '../../shared/control/guard.ts';
import type { GuardReason, GuardRules } from '../../shared/control/guard.ts';
import { observe, remember } from '../../shared/control/observation.ts';
import type { FarmHistory, Observation } from '../../shared/control/observation.ts';
import type { Box, Discrete } from '../../shared/control/spaces.ts';
import { qosShare } from '../../shared/farm/qos.ts';
import type { FarmSnapshot } from '../../shared/farm/snapshot.ts';
import { spaceOf, vectorOf } from '../../shared/policy/observation-schema.ts';
import type { ObservationSchema } from '../../shared/policy/observation-schema.ts';

/** `step` was called before `reset`, or after the end of an episode. */
export class ResetNeeded extends Error {
  override readonly name = 'ResetNeeded';
  constructor() {
    super(
      'Expected reset() before step(): no episode is under way. Call reset() at the start and after each end.',
    );
  }
}

/** An action that the action space does not have. */
export class InvalidAction extends Error {
  override readonly name = 'InvalidAction';
  constructor(action: unknown, actions: number) {
    super(`Expected an action from 0 to ${String(actions - 1)}, a whole number; got ${String(action)}.`);
  }
}

/** A seed from which no episode can be drawn. */
export class InvalidSeed extends Error {
  override readonly name = 'InvalidSeed';
  constructor(seed: unknown) {
    super(`Expected a seed that is a whole number from 0 to 2^53 − 1; got ${String(seed)}.`);
  }
}

/** What is told beside an observation. No policy sees it. */
export interface StepInfo {
  readonly atSeconds: number;
  /** Steps taken in this episode. */
  readonly step: number;
  readonly seed: number;
  readonly observation: Observation;
  readonly workers: number;
  /** Change of the pool that the action asked for, and what the guards left of it. */
  readonly requestedDelta: number;
  readonly appliedDelta: number;
  readonly guardReasons: readonly GuardReason[];
  /** Empty after `reset`. */
  readonly rewardTerms: RewardTerms;
  readonly scalingActions: number;
  readonly processedTasks: number;
  /** Of all tasks that have fallen due in this episode; absent where none has. */
  readonly qosPercent?: number;
  readonly unfinishedTasks: number;
}

export type ResetAnswer = readonly [observation: readonly number[], info: StepInfo];
export type StepAnswer = readonly [
  observation: readonly number[],
  reward: number,
  terminated: boolean,
  truncated: boolean,
  info: StepInfo,
];

export interface ResetRequest {
  /** Which episode; without one the environment draws the next seed of its training range. */
  readonly seed?: number;
  readonly options?: ResetOptions;
}

export interface ResetOptions {
  /** Workers at the start; the workload's own number without it. */
  readonly initialWorkers?: number;
}

/** Gymnasium's contract. */
export interface Environment {
  readonly observationSpace: Box;
  readonly actionSpace: Discrete;
  reset(request?: ResetRequest): ResetAnswer;
  step(action: number): StepAnswer;
}

/** The same contract where a step takes real time. */
export interface LiveEnvironmentContract {
  readonly observationSpace: Box;
  readonly actionSpace: Discrete;
  reset(request?: ResetRequest): Promise<ResetAnswer>;
  step(action: number): Promise<StepAnswer>;
}

/** What makes one environment different from another; the farm apart. */
export interface EnvironmentDefinition {
  readonly schema: ObservationSchema;
  readonly actionSpace: Discrete;
  readonly reward: Reward;
}

/** How an episode stands after a step. */
export interface Standing {
  readonly snapshot: FarmSnapshot;
  /** Every task is collected. */
  readonly isTerminated: boolean;
  /** The steps ran out. */
  readonly isTruncated: boolean;
}

interface Pending {
  readonly requestedDelta: number;
  readonly reasons: readonly GuardReason[];
}

/**
 * One episode as an environment tells it: snapshots and actions in, observations and rewards out. It waits for nothing
 * and asks nobody, so that the simulated and the live environment are two thin shells over it.
 */
export class EpisodeTelling {
  readonly #definition: EnvironmentDefinition;
  readonly #guards: GuardRules;
  readonly #seed: number;
  #history: FarmHistory = {};
  #snapshot: FarmSnapshot;
  #observation: Observation;
  #steps = 0;
  #scalingActions = 0;
  #over = false;

  constructor(
    definition: EnvironmentDefinition,
    guards: GuardRules,
    start: { readonly seed: number; readonly snapshot: FarmSnapshot },
  ) {
    this.#definition = definition;
    this.#guards = guards;
    this.#seed = start.seed;
    this.#snapshot = start.snapshot;
    this.#observation = observe({}, start.snapshot);
  }

  /** The answer to `reset`. */
  opening(): ResetAnswer {
    const nothing = { requestedDelta: 0, reasons: [] };
    return [this.#vector(), this.#info(nothing, 0, {})];
  }

  /** Which pool an action asks for, within the guards. */
  target(action: number): { readonly workers: number; readonly pending: Pending } {
    const { deltas, n } = this.#definition.actionSpace;
    if (this.#over) throw new ResetNeeded();
    const requestedDelta = Number.isInteger(action) ? deltas[action] : undefined;
    if (requestedDelta === undefined) throw new InvalidAction(action, n);
    const { workers } = this.#observation;
    const guarded = guardTarget(workers, workers + requestedDelta, this.#guards);
    return { workers: guarded.workers, pending: { requestedDelta, reasons: guarded.reasons } };
  }

  /** The answer to `step`, once its time has passed. */
  conclude(pending: Pending, { snapshot, isTerminated, isTruncated }: Standing): StepAnswer {
    const before = this.#snapshot;
    const workersBefore = this.#observation.workers;
    const { workers } = observe({}, snapshot);
    const delta = workers - workersBefore;
    this.#history = remember(this.#history, before, delta !== 0);
    this.#snapshot = snapshot;
    this.#observation = observe(this.#history, snapshot);
    this.#steps += 1;
    if (delta !== 0) this.#scalingActions += 1;
    const truncated = isTruncated && !isTerminated;
    this.#over = isTerminated || isTruncated;
    const ending = isTerminated ? 'terminated' : 'truncated';
    const terms = this.#definition.reward({
      ...{ before, after: snapshot, observation: this.#observation, delta },
      ...(this.#over ? { ending } : {}),
    });
    const info = this.#info(pending, delta, terms);
    return [this.#vector(), totalReward(terms), isTerminated, truncated, info];
  }

  #vector(): readonly number[] {
    return vectorOf(this.#definition.schema, this.#observation);
  }

  #info(pending: Pending, appliedDelta: number, rewardTerms: RewardTerms): StepInfo {
    const { counters, held, overdueHeld, atSeconds } = this.#snapshot;
    const qos = qosShare(counters.met, counters.missed, overdueHeld);
    return {
      atSeconds,
      step: this.#steps,
      seed: this.#seed,
      observation: this.#observation,
      workers: this.#observation.workers,
      requestedDelta: pending.requestedDelta,
      appliedDelta,
      guardReasons: pending.reasons,
      rewardTerms,
      scalingActions: this.#scalingActions,
      processedTasks: counters.completed + counters.failed,
      ...(qos === undefined ? {} : { qosPercent: 100 * qos }),
      unfinishedTasks: held.waiting + held.delayed + held.leased + held.answered,
    };
  }
}

/** The spaces of a definition. */
export function spacesOf(definition: EnvironmentDefinition): {
  readonly observationSpace: Box;
  readonly actionSpace: Discrete;
} {
  return { observationSpace: spaceOf(definition.schema), actionSpace: definition.actionSpace };
}

/** Refuses what no stream of chance can start from. */
export function checkSeed(seed: number): number {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new InvalidSeed(seed);
  return seed;
}
