import type { GuardRules } from '../../shared/control/guard.ts';
import { remember } from '../../shared/control/observation.ts';
import type { FarmHistory, Observation } from '../../shared/control/observation.ts';
import { DEFAULT_DEADLINE_RULE } from '../../shared/farm/deadline.ts';
import type { DeadlineRule } from '../../shared/farm/deadline.ts';
import type { DispatchRule } from '../../shared/farm/dispatch-order.ts';
import type { FarmSnapshot } from '../../shared/farm/snapshot.ts';
import { decideStep } from '../../shared/policy/decision.ts';
import type { Decider, Policy } from '../../shared/policy/policy.ts';
import { episodeSeconds } from '../../shared/workload/workload.ts';
import type { Workload } from '../../shared/workload/workload.ts';
import { FarmSimulation } from '../../shared/simulator/farm-simulation.ts';
import { EpisodeDraw } from './episode-draw.ts';

/** How the farm around the workers is modelled; defaults as measured on the published cluster. */
export interface HandOver {
  /** From generation until a worker can have the task. */
  readonly pickUpSeconds: number;
  /** From the end of the work until the Result is recorded. */
  readonly collectSeconds: number;
}

export const PUBLISHED_HAND_OVER: HandOver = { pickUpSeconds: 0.05, collectSeconds: 0.05 };

/** After the last step, results are collected for this long; it costs nothing. */
export const GRACE_SECONDS = 8;

export interface EpisodeRules {
  readonly dispatch: DispatchRule;
  /** Most workers added or removed in one step. */
  readonly stepLimit: number;
  /** Whether policies see the planned rate. */
  readonly announced: boolean;
  readonly handOver: HandOver;
  readonly deadline: DeadlineRule;
  /** Whether the episode ends as soon as every task is collected, as the paper's does. */
  readonly endsWhenDone: boolean;
  /** Where tasks come from that have been drawn before; absent to draw them anew. */
  readonly draws?: (workload: Workload, seed: number) => EpisodeDraw;
}

export const DEFAULT_EPISODE_RULES: Omit<EpisodeRules, 'dispatch' | 'stepLimit' | 'announced'> = {
  handOver: PUBLISHED_HAND_OVER,
  deadline: DEFAULT_DEADLINE_RULE,
  endsWhenDone: true,
};

/** One step of an episode as it went, for pictures, rewards and tests. */
export interface EpisodeStep {
  readonly atSeconds: number;
  readonly observation: Observation;
  readonly workersBefore: number;
  readonly asked?: number;
  readonly workers: number;
}

/** A decision as it was carried out. */
export interface Command {
  readonly atSeconds: number;
  readonly before: number;
  readonly workers: number;
}

/**
 * One workload and seed, met step by step. The tasks are the same for every policy. Whoever drives it — a policy, a
 * learner, a search — calls `look`, decides, and calls `act`; `act` lets the step's time pass.
 */
export class Episode {
  readonly workload: Workload;
  readonly simulation: FarmSimulation;
  readonly guards: GuardRules;
  readonly #rules: EpisodeRules;
  readonly #draw: EpisodeDraw;
  #history: FarmHistory = {};
  #snapshot: FarmSnapshot;
  readonly #commands: Command[] = [];
  readonly #endSeconds: number;
  #paidSeconds = 0;
  #paidWorkerSeconds = 0;

  constructor(workload: Workload, seed: number, rules: EpisodeRules, initialWorkers?: number) {
    this.workload = workload;
    this.#rules = rules;
    this.#draw = rules.draws?.(workload, seed) ?? new EpisodeDraw(workload, seed, rules);
    const { minWorkers, maxWorkers } = workload;
    this.simulation = new FarmSimulation(this.#draw.tasks, {
      dispatch: rules.dispatch,
      ...rules.handOver,
      startDelaySeconds: workload.startDelaySeconds,
      initialWorkers: Math.min(maxWorkers, Math.max(minWorkers, initialWorkers ?? workload.initialWorkers)),
    });
    this.#endSeconds = episodeSeconds(workload);
    this.guards = { minWorkers, maxWorkers, stepLimit: rules.stepLimit };
    this.#snapshot = this.#look();
  }

  /** Decisions so far. */
  get commands(): readonly Command[] {
    return this.#commands;
  }

  /** From the start to the end of the last step, and what the workers cost in it; 0 until `finish`. */
  get paid(): { readonly seconds: number; readonly workerSeconds: number } {
    return { seconds: this.#paidSeconds, workerSeconds: this.#paidWorkerSeconds };
  }

  get history(): FarmHistory {
    return this.#history;
  }

  get snapshot(): FarmSnapshot {
    return this.#snapshot;
  }

  /** Every task is collected: the goal is reached. */
  get isTerminated(): boolean {
    return this.#rules.endsWhenDone && this.simulation.isDone;
  }

  /** The steps ran out. */
  get isTruncated(): boolean {
    return this.simulation.nowSeconds >= this.#endSeconds - 1e-9;
  }

  /** Takes one step by a decider. */
  step(decider: Decider): EpisodeStep {
    const { guarded, observation, asked } = decideStep(this.#history, this.#snapshot, decider, this.guards);
    const workersBefore = this.simulation.workers.commanded;
    const atSeconds = this.simulation.nowSeconds;
    this.act(guarded.workers);
    return {
      atSeconds,
      workersBefore,
      workers: guarded.workers,
      observation,
      ...(asked === undefined ? {} : { asked }),
    };
  }

  /** One decision of an autoscaler with its own pace and its own limits: only minimum and maximum bind it. */
  stepAtOwnPace(decider: Decider, stepSeconds: number): void {
    const { asked } = decideStep(this.#history, this.#snapshot, decider, this.guards);
    const { minWorkers, maxWorkers } = this.guards;
    const wanted = asked ?? this.simulation.workers.commanded;
    this.act(Math.min(maxWorkers, Math.max(minWorkers, wanted)), stepSeconds);
  }

  /** Sets the pool, within whatever bounds the caller keeps, and lets time pass, but not beyond the last step. */
  act(workers: number, seconds = this.workload.stepSeconds): void {
    const atSeconds = this.simulation.nowSeconds;
    const { before } = this.simulation.scaleTo(workers);
    this.#commands.push({ atSeconds, before, workers });
    this.#history = remember(this.#history, this.#snapshot, workers !== before);
    this.simulation.advanceTo(Math.min(atSeconds + seconds, this.#endSeconds));
    this.#snapshot = this.#look();
  }

  /** Ends the paid time, and lets what is left be collected. */
  finish(): void {
    const { workers, nowSeconds } = this.simulation;
    this.#paidWorkerSeconds = workers.workerSeconds(nowSeconds);
    this.#paidSeconds = nowSeconds;
    this.simulation.advanceTo(nowSeconds + GRACE_SECONDS);
  }

  #look(): FarmSnapshot {
    const now = this.simulation.nowSeconds;
    const announced = this.#rules.announced ? this.#draw.announcedAt(now) : undefined;
    return this.simulation.snapshot(this.workload.stepSeconds, {
      phasesLeft: this.#draw.phasesLeftAt(now),
      ...(announced === undefined ? {} : { announced }),
    });
  }
}

/** Runs a policy through one workload and seed to the end, and lets what is left be collected. */
export function runEpisode(policy: Policy, workload: Workload, seed: number, rules: EpisodeRules): Episode {
  const decider = policy.begin();
  const episode = new Episode(workload, seed, rules, policy.initialWorkers);
  while (!episode.isTerminated && !episode.isTruncated) {
    if (policy.ownStepSeconds === undefined) episode.step(decider);
    else episode.stepAtOwnPace(decider, policy.ownStepSeconds);
  }
  episode.finish();
  return episode;
}
