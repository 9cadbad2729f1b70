import type { Box, Discrete } from '../../shared/control/spaces.ts';
import type { Workload } from '../../shared/workload/workload.ts';
import { RandomStream } from '../../shared/workload/random-stream.ts';
import { checkSeed, EpisodeTelling, ResetNeeded, spacesOf } from './environment.ts';
import type {
  Environment,
  EnvironmentDefinition,
  ResetAnswer,
  ResetRequest,
  StepAnswer,
} from './environment.ts';
import { Episode } from './episode.ts';
import type { EpisodeRules } from './episode.ts';

export interface SimulatedEnvironmentParts extends EnvironmentDefinition {
  /** The load of an episode; only a load whose schedule is drawn depends on the seed. */
  readonly workloadOf: (seed: number) => Workload;
  readonly rules: EpisodeRules;
  /** Seeds that `reset` without a seed draws from, both ends included. Judging seeds stay out of it. */
  readonly seeds: { readonly first: number; readonly last: number };
  /** Starts the stream of those draws. */
  readonly environmentSeed: number;
}

/**
 * ## Description
 * A task farm in virtual time under a load with deadlines, stepped by whoever scales its pool. Source of the paper's
 * variant: Li et al., the published autoscaling environment; differences are numbered in README.md.
 *
 * ## Action space
 * `Discrete(n)`, one action a change of the pool, held within the workload's least and most workers:
 *
 * | Num | Action | Unit |
 * |---|---|---|
 * | 0 | remove one worker (it drains first) | workers |
 * | 1 | keep the pool | workers |
 * | 2 | add one worker (it serves after the start delay) | workers |
 *
 * Wider spaces have all changes from −limit to +limit in that order.
 *
 * ## Observation space
 * `Box`, by the schema `paper`:
 *
 * | Num | Observation | Unit | Min | Max |
 * |---|---|---|---|---|
 * | 0 | phases left (input queue) | phases | 0 | 3 |
 * | 1 | waiting tasks (worker queue) | tasks | 0 | 800 |
 * | 2 | answered tasks (result queue) | tasks | 0 | 10 |
 * | 3 | collected tasks (output queue) | tasks | 0 | 1140 |
 * | 4 | workers | workers | 0 | most of the workload |
 * | 5 | mean response time in the step; 1.5 where none | s | 0 | 150 |
 * | 6 | longest response time in the step; 1.5 where none | s | 0 | 160 |
 * | 7 | arrival rate | tasks/s | 0 | 12 |
 * | 8 | QoS in the step; 1 where nothing fell due | share | 0 | 1 |
 *
 * or by the schema `farmhand`, whose table is `farmhandObservation`.
 *
 * ## Rewards
 * `paperReward` or `farmhandReward`, both sums of named terms that `info.rewardTerms` lists. Dimensionless; the
 * farm's own is in hundreds of worker-seconds.
 *
 * ## Starting state
 * The workload's initial workers (or `options.initialWorkers`), all serving; no task yet.
 *
 * ## Episode end
 * Terminated: every task of the load is collected. Truncated: the workload's steps ran out (30 steps of 8 s in the
 * published set-up). Never both.
 *
 * ## Version history
 * 1: first.
 */
export class SimulatedEnvironment implements Environment {
  readonly observationSpace: Box;
  readonly actionSpace: Discrete;
  readonly #parts: SimulatedEnvironmentParts;
  readonly #seeds: RandomStream;
  #running: { readonly episode: Episode; readonly telling: EpisodeTelling } | undefined;

  constructor(parts: SimulatedEnvironmentParts) {
    this.#parts = parts;
    this.#seeds = new RandomStream(parts.environmentSeed, 'episode seeds');
    const { observationSpace, actionSpace } = spacesOf(parts);
    this.observationSpace = observationSpace;
    this.actionSpace = actionSpace;
  }

  reset({ seed, options = {} }: ResetRequest = {}): ResetAnswer {
    const { rules, seeds, workloadOf } = this.#parts;
    const drawn = checkSeed(seed ?? this.#seeds.integer(seeds.first, seeds.last));
    const episode = new Episode(workloadOf(drawn), drawn, rules, options.initialWorkers);
    const start = { seed: drawn, snapshot: episode.snapshot };
    const telling = new EpisodeTelling(this.#parts, episode.guards, start);
    this.#running = { episode, telling };
    return telling.opening();
  }

  step(action: number): StepAnswer {
    if (this.#running === undefined) throw new ResetNeeded();
    const { episode, telling } = this.#running;
    const { workers, pending } = telling.target(action);
    episode.act(workers);
    return telling.conclude(pending, episode);
  }

  /** The episode under way, or the last one: for summaries. */
  get episode(): Episode | undefined {
    return this.#running?.episode;
  }
}
