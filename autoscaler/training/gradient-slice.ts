import { RandomStream } from '../../shared/workload/random-stream.ts';
import { advantageSums, emptyExperience } from './experience.ts';
import type { AdvantageSums, Experience } from './experience.ts';
import { ExploredEpisodes } from './explored-episodes.ts';
import type { Exploration, ExploredEpisode } from './explored-episodes.ts';
import type { Batch } from './gradient-learner.ts';
import { drawGradientNetworks, GRADIENT_WIDTHS } from './gradient-networks.ts';
import type { GradientNetworks, GradientUnits } from './gradient-networks.ts';
import { GradientSums } from './gradient-sums.ts';
import type { Gathering, Gradients } from './gradient-sums.ts';
import { episodeRulesOf } from './rollout.ts';
import type { Meeting, RolloutRules } from './rollout.ts';

/**
 * Shares into which the episodes of an update are cut, whatever the number of threads that meet them: so the same
 * command makes the same weights on any machine with the same arithmetic.
 */
export const SLICES = 4;

/** Seeds that are met again and again; all of them may be trained on. Each slice has its own of them. */
export const GRADIENT_SEEDS = { first: 1, last: 6000 } as const;

/** Steps of an episode of `paper-random`, of a mixed workload in the mean (102, and some more), and of any at most. */
const MAIN_STEPS = 30;
const MIXED_STEPS = 130;
const MOST_STEPS = 600;

/** Chance may draw so many of the longest more than usual; who then finds no room is met in a later update. */
const ROOM_TO_SPARE = 8;

/** What a slice is told once. */
export interface SliceTask {
  readonly slice: number;
  readonly seed: number;
  readonly rules: RolloutRules;
  /** Episodes to an update at most, of all slices together. */
  readonly mostEpisodes: number;
  /** Mixed workloads among them. */
  readonly mixedShare: number;
  readonly units: GradientUnits;
  readonly ratioLimit: number;
}

/** The parameters of both networks, as they are by now. */
export interface Parameters {
  readonly policy: Float64Array;
  readonly judge: Float64Array;
}

export interface ExploreOrder extends Parameters {
  readonly kind: 'explore';
  readonly update: number;
  /** Of all slices together. */
  readonly episodes: number;
  readonly exploration: Exploration;
}

export interface GradientOrder extends Parameters {
  readonly kind: 'gradients';
  readonly batch: Batch;
  readonly gathering: Gathering;
}

export interface SliceFindings {
  readonly advantages: AdvantageSums;
  readonly met: number;
  /** Those of `paper-random` among what was met. */
  readonly main: readonly ExploredEpisode[];
}

/** A share of the episodes of every update, and what they teach. */
export class GradientSlice {
  readonly #task: SliceTask;
  readonly #networks: GradientNetworks;
  readonly #episodes: ExploredEpisodes;
  readonly #experience: Experience;
  readonly #sums: GradientSums;
  #rows = new Int32Array(0);
  #stream: RandomStream;

  constructor(task: SliceTask) {
    this.#task = task;
    this.#stream = new RandomStream(task.seed, 'shape');
    // For their shape alone: the weights come with every order.
    this.#networks = drawGradientNetworks(task.units, GRADIENT_WIDTHS, this.#stream);
    this.#episodes = new ExploredEpisodes(episodeRulesOf(task.rules), this.#networks);
    const steps = MAIN_STEPS + task.mixedShare * (MIXED_STEPS - MAIN_STEPS);
    const room = Math.ceil((task.mostEpisodes / SLICES) * steps) + ROOM_TO_SPARE * MOST_STEPS;
    this.#experience = emptyExperience(room, GRADIENT_WIDTHS.judge);
    this.#sums = new GradientSums(this.#networks, this.#experience, task.ratioLimit);
  }

  /** Meets new episodes in place of those that it met before. */
  explore({ update, episodes, exploration, ...parameters }: ExploreOrder): SliceFindings {
    const { seed, slice } = this.#task;
    this.#stream = new RandomStream(seed, `update ${String(update)} slice ${String(slice)}`);
    this.#take(parameters);
    this.#experience.steps = 0;
    const main: ExploredEpisode[] = [];
    const count = Math.floor((episodes + slice) / SLICES);
    let met = 0;
    for (; met < count; met += 1) {
      const meeting = this.#meeting();
      if (this.#experience.steps + this.#episodes.stepsOf(meeting) > this.#experience.room) break;
      const episode = this.#episodes.meet(meeting, exploration, this.#experience, () => this.#stream.unit());
      if (meeting.source === 'paper-random') main.push(episode);
    }
    this.#rows = Int32Array.from({ length: this.#experience.steps }, (_, row) => row);
    return { advantages: advantageSums(this.#experience), met, main };
  }

  /** What its part of a batch teaches. Every pass takes its rows in another order. */
  gradients({ batch, gathering, ...parameters }: GradientOrder): Gradients {
    this.#take(parameters);
    if (batch.number === 0) shuffle(this.#rows, this.#stream);
    const at = (number: number): number => Math.floor((number * this.#rows.length) / batch.of);
    return this.#sums.of(this.#rows.subarray(at(batch.number), at(batch.number + 1)), gathering);
  }

  #take({ policy, judge }: Parameters): void {
    this.#networks.policy.parameters.set(policy);
    this.#networks.judge.parameters.set(judge);
  }

  #meeting(): Meeting {
    const { mixedShare, slice } = this.#task;
    const source = this.#stream.unit() < mixedShare ? 'mixed' : 'paper-random';
    const { first, last } = GRADIENT_SEEDS;
    const turns = Math.floor((last - first + 1) / SLICES);
    return { source, seed: first + slice + SLICES * this.#stream.integer(0, turns - 1) };
  }
}

/** Fisher and Yates. */
function shuffle(rows: Int32Array, stream: RandomStream): void {
  for (let last = rows.length - 1; last > 0; last -= 1) {
    const other = stream.integer(0, last);
    const row = rows[last] ?? 0;
    rows[last] = rows[other] ?? 0;
    rows[other] = row;
  }
}
