import { observe } from '../../shared/control/observation.ts';
import { aimOf, inputValues } from '../../shared/policy/history-network.ts';
import { HISTORY_INPUTS, longSightOf } from '../../shared/policy/history-inputs.ts';
import type { LongSight } from '../../shared/policy/history-inputs.ts';
import { afterLook, firstHistory } from '../../shared/policy/load-history.ts';
import type { LoadHistory } from '../../shared/policy/load-history.ts';
import { EpisodeDraw } from './episode-draw.ts';
import { Episode } from './episode.ts';
import type { EpisodeRules } from './episode.ts';
import { creditEpisode } from './experience.ts';
import type { Experience } from './experience.ts';
import { Foresight } from './foresight.ts';
import { GRADIENT_WIDTHS } from './gradient-networks.ts';
import type { GradientNetworks } from './gradient-networks.ts';
import { PoolChoice } from './pool-choice.ts';
import { FEW_TASKS, lossOf, meanLoadOf } from './rollout.ts';
import type { Meeting } from './rollout.ts';
import { MIXED_WEIGHT } from './search-prices.ts';
import { trainingWorkload } from './training-workloads.ts';
import { episodeSeconds } from '../../shared/workload/workload.ts';
import type { Workload } from '../../shared/workload/workload.ts';

/** Load that a worker is taken to stand for as long as nothing has been seen. */
export const GUESS_PER_WORKER = 0.6;

/** How an episode is explored, and what is paid in it. */
export interface Exploration {
  /** How far pools are tried around the aim, in √load. */
  readonly spread: number;
  /** Workers that one percent of missed tasks weighs as much as, and one action in an episode of 30 steps. */
  readonly missPrice: number;
  readonly actionPrice: number;
  /** What a step later still counts in the credit of a step, 0 to 1. */
  readonly creditKept: number;
  /** Most workers added or removed in one step. */
  readonly stepLimit: number;
}

export interface ExploredEpisode {
  readonly missedPercent: number;
  readonly meanWorkers: number;
  readonly actions: number;
}

interface Known {
  readonly workload: Workload;
  readonly draw: EpisodeDraw;
  readonly foresight: Foresight;
  readonly meanLoad: number;
}

/** Tasks that are kept for the next time the same episode is met. */
const MOST_KEPT_TASKS = 2_000_000;

/** Meets episodes step by step, tries pools around what the policy aims at, and writes down how it went. */
export class ExploredEpisodes {
  readonly #rules: EpisodeRules;
  readonly #networks: GradientNetworks;
  readonly #choice = new PoolChoice();
  readonly #known = new Map<string, Known>();
  #keptTasks = 0;

  constructor(rules: EpisodeRules, networks: GradientNetworks) {
    this.#rules = rules;
    this.#networks = networks;
  }

  /**
   * Adds the steps of one episode to the experience, which has to have room for them.
   *
   * @param chance uniform in [0, 1), drawn anew for each step
   */
  meet(meeting: Meeting, how: Exploration, experience: Experience, chance: () => number): ExploredEpisode {
    const known = this.#drawn(meeting);
    const { stepLimit } = how;
    const rules = { ...this.#rules, stepLimit, draws: () => known.draw };
    const episode = new Episode(known.workload, meeting.seed, rules);
    const till = new Till(known, meeting, how);
    const from = experience.steps;
    let history: LoadHistory | undefined;
    while (!isOver(episode)) {
      const seen = observe(episode.history, episode.snapshot);
      history = afterLook(history ?? firstHistory(seen, GUESS_PER_WORKER), seen);
      const sight = longSightOf(seen, history);
      const row = experience.steps;
      this.#see(sight, known.foresight, experience, row - from);
      const change = this.#choose(sight, episode, { experience, spread: how.spread, chance: chance() });
      history = { ...history, workers: seen.workers };
      episode.act(seen.workers + change);
      if (isOver(episode)) episode.finish();
      experience.rewards[row] = till.pay(episode, change);
      experience.steps += 1;
    }
    creditEpisode(experience, from, how.creditKept);
    return till.total();
  }

  /** Steps of an episode at most. */
  stepsOf(meeting: Meeting): number {
    return this.#drawn(meeting).workload.steps;
  }

  #see(sight: LongSight, foresight: Foresight, experience: Experience, step: number): void {
    const start = experience.steps * experience.width;
    const { workers } = sight.observation;
    const { load, scale } = sight;
    experience.inputs.set(inputValues(HISTORY_INPUTS, sight), start);
    foresight.write(step, { workers, load, scale }, experience.inputs, start + GRADIENT_WIDTHS.policy);
    experience.values[experience.steps] = this.#networks.judge.forward(experience.inputs, start)[0] ?? 0;
  }

  #choose(
    sight: LongSight,
    { guards }: Episode,
    { experience, spread, chance }: { experience: Experience; spread: number; chance: number },
  ): number {
    const row = experience.steps;
    const { workers } = sight.observation;
    const fewest = Math.max(-guards.stepLimit, guards.minWorkers - workers);
    const most = Math.min(guards.stepLimit, guards.maxWorkers - workers);
    const aim = aimOf(this.#networks.policy.forward(experience.inputs, row * experience.width), {
      workers,
      load: sight.load,
      scale: sight.scale,
    });
    this.#choice.set(aim, { fewest, most }, spread * sight.scale);
    const change = this.#choice.draw(chance);
    experience.workers[row] = workers;
    experience.loads[row] = sight.load;
    experience.scales[row] = sight.scale;
    experience.fewest[row] = fewest;
    experience.most[row] = most;
    experience.changes[row] = change;
    experience.logProbabilities[row] = Math.log(this.#choice.probability(change));
    return change;
  }

  #drawn(meeting: Meeting): Known {
    const key = `${meeting.source} ${String(meeting.seed)}`;
    const met = this.#known.get(key);
    if (met !== undefined) return met;
    const workload = trainingWorkload(meeting.source, meeting.seed);
    const draw = new EpisodeDraw(workload, meeting.seed, this.#rules);
    const foresight = new Foresight(draw.tasks, workload);
    const known = { workload, draw, foresight, meanLoad: meanLoadOf(draw.tasks, episodeSeconds(workload)) };
    this.#keptTasks += draw.tasks.count;
    if (this.#keptTasks > MOST_KEPT_TASKS) {
      this.#known.clear();
      this.#keptTasks = draw.tasks.count;
    }
    this.#known.set(key, known);
    return known;
  }
}

function isOver(episode: Episode): boolean {
  return episode.isTerminated || episode.isTruncated;
}

/** Load of `paper-random`, in workers: what the cost of other loads is made comparable to. */
const MAIN_LOAD = 7;
/** Pool that costs nothing, so that rewards lie around 0: above the load, in √load. */
const FREE_POOL = 1.4;

/** What the steps of an episode cost, and what it all came to. */
class Till {
  readonly #how: Exploration;
  readonly #missPrice: number;
  readonly #workerPrice: number;
  readonly #freePool: number;
  readonly #tasks: number;
  readonly #steps: number;
  #missed = 0;
  #workers = 0;
  #actions = 0;
  #paidSteps = 0;

  constructor({ meanLoad, draw, workload }: Known, { source }: Meeting, how: Exploration) {
    const isMixed = source === 'mixed';
    const scale = Math.sqrt(meanLoad + 0.5);
    this.#how = how;
    this.#tasks = Math.max(FEW_TASKS, draw.tasks.count);
    this.#steps = workload.steps;
    this.#missPrice = (isMixed ? MIXED_WEIGHT : 1) * how.missPrice;
    this.#workerPrice = isMixed ? Math.sqrt(MAIN_LOAD) / scale : 1;
    this.#freePool = isMixed ? meanLoad + FREE_POOL * scale : MAIN_LOAD + FREE_POOL * Math.sqrt(MAIN_LOAD);
  }

  /** The reward of a step: its share of the mean pool, and what was missed in it. */
  pay({ simulation, commands }: Episode, change: number): number {
    const workers = commands.at(-1)?.workers ?? 0;
    const { missed } = lossOf(simulation);
    const newlyMissed = missed - this.#missed;
    this.#missed = missed;
    this.#workers += workers;
    this.#paidSteps += 1;
    if (change !== 0) this.#actions += 1;
    const pool = (this.#workerPrice * (workers - this.#freePool)) / this.#steps;
    const misses = (this.#missPrice * 100 * newlyMissed) / this.#tasks;
    const action = change === 0 ? 0 : (this.#how.actionPrice * 30) / this.#steps;
    return -pool - misses - action;
  }

  total(): ExploredEpisode {
    return {
      missedPercent: (100 * this.#missed) / this.#tasks,
      meanWorkers: this.#workers / Math.max(1, this.#paidSteps),
      actions: (30 * this.#actions) / Math.max(1, this.#paidSteps),
    };
  }
}
