import type { DenseLayer } from '../../shared/policy/dense-layer.ts';
import { RandomStream } from '../../shared/workload/random-stream.ts';
import { emptyExperience } from './experience.ts';
import type { Experience } from './experience.ts';
import { ExploredEpisodes, JUDGED_WIDTH, SEEN_WIDTH } from './explored-episodes.ts';
import type { Exploration, ExploredEpisode } from './explored-episodes.ts';
import { GradientLearner } from './gradient-learner.ts';
import type { GradientLearnerSettings, GradientLearnerState } from './gradient-learner.ts';
import { episodeRulesOf } from './rollout.ts';
import type { Meeting, RolloutRules } from './rollout.ts';

/** How a training by policy gradients goes. Plain data: a run folder keeps it. */
export interface GradientTrainingSettings extends GradientLearnerSettings {
  readonly seed: number;
  /** Steps of learning, and episodes to each. */
  readonly updates: number;
  readonly episodes: number;
  /** Mixed workloads among them. */
  readonly mixedShare: number;
  /** How far pools are tried around the aim, in √load: at first, and in the end. */
  readonly firstSpread: number;
  readonly lastSpread: number;
  /** Step size of Adam at first; it falls to a twentieth. */
  readonly learningRate: number;
  /** Percent of the tasks that may be missed; the price of a miss follows it. */
  readonly targetMissedPercent: number;
  readonly missPrice: number;
  readonly actionPrice: number;
  readonly creditKept: number;
}

export const DEFAULT_GRADIENT_SETTINGS: GradientTrainingSettings = {
  seed: 1,
  updates: 240,
  episodes: 768,
  mixedShare: 0.1,
  firstSpread: 0.26,
  lastSpread: 0.095,
  learningRate: 2e-3,
  targetMissedPercent: 0.75,
  missPrice: 1.6,
  actionPrice: 0.005,
  creditKept: 0.9,
  ...{ policyUnits: 32, judgeUnits: 32, passes: 3, batchRows: 2048, ratioLimit: 0.2, newestWeight: 0.03 },
};

/** One update, as it went; means on `paper-random`, while pools were tried. */
export interface UpdateReport {
  readonly update: number;
  /** Episodes met until then. */
  readonly episodes: number;
  readonly qosPercent: number;
  readonly meanWorkers: number;
  readonly scalingActions: number;
  readonly spread: number;
  readonly missPrice: number;
}

/** Where a training stands between two updates. Plain data. */
export interface GradientTrainingState {
  readonly episodes: number;
  readonly missPrice: number;
  readonly missedPercent: number;
  readonly learner: GradientLearnerState;
}

/** Seeds that are met again and again; all of them may be trained on. */
export const GRADIENT_SEEDS = { first: 1, last: 6000 } as const;

/** Updates in which only the judge learns, where the policy sets out from one that was learned before. */
const JUDGE_FIRST = 10;

/** Steps that an episode has at most; those of `paper-random` have 30. */
const MOST_STEPS = 600;
const USUAL_STEPS = 50;

/**
 * Meets episodes, learns from them, and lets the price of a miss follow what is missed. Every update begins a stream of
 * chance of its own, so a training that goes on from a state ends as it would have.
 */
export class GradientTraining {
  readonly learner: GradientLearner;
  readonly #settings: GradientTrainingSettings;
  readonly #episodes: ExploredEpisodes;
  readonly #experience: Experience;
  readonly #judgeFirst: number;
  #update = 0;
  #met = 0;
  #missPrice: number;
  #missedPercent: number;

  /** @param start a policy to set out from; without one it begins with weights drawn by chance */
  constructor(settings: GradientTrainingSettings, rules: RolloutRules, start?: readonly DenseLayer[]) {
    this.#settings = settings;
    this.#judgeFirst = start === undefined ? 0 : JUDGE_FIRST;
    const widths = { policy: SEEN_WIDTH, judge: JUDGED_WIDTH };
    this.learner = new GradientLearner(settings, widths, new RandomStream(settings.seed, 'weights'));
    if (start !== undefined) this.learner.startFrom(start);
    this.#episodes = new ExploredEpisodes(episodeRulesOf(rules), this.learner.policy, this.learner.judge);
    this.#experience = emptyExperience(settings.episodes * USUAL_STEPS + MOST_STEPS, JUDGED_WIDTH);
    this.#missPrice = settings.missPrice;
    this.#missedPercent = settings.targetMissedPercent;
  }

  get update(): number {
    return this.#update;
  }

  get isOver(): boolean {
    return this.#update >= this.#settings.updates;
  }

  state(): GradientTrainingState {
    return {
      episodes: this.#met,
      missPrice: this.#missPrice,
      missedPercent: this.#missedPercent,
      learner: this.learner.state(),
    };
  }

  restore({ episodes, missPrice, missedPercent, learner }: GradientTrainingState): void {
    this.#met = episodes;
    this.#missPrice = missPrice;
    this.#missedPercent = missedPercent;
    this.#update = learner.updates;
    this.learner.restore(learner);
  }

  next(): UpdateReport {
    const { seed, updates, learningRate } = this.#settings;
    const stream = new RandomStream(seed, `update ${String(this.#update)}`);
    const share = this.#update / updates;
    const how = this.#exploration(share);
    const seen = meanOf(this.#explore(how, stream));
    const judge = learningRate * (1 - 0.95 * share);
    const rates = { judge, policy: this.#update < this.#judgeFirst ? 0 : judge };
    this.learner.learn(this.#experience, how.spread, rates, stream);
    this.#update += 1;
    this.#followMisses(seen.missedPercent);
    return {
      update: this.#update,
      episodes: this.#met,
      qosPercent: 100 - seen.missedPercent,
      meanWorkers: seen.meanWorkers,
      scalingActions: seen.actions,
      spread: how.spread,
      missPrice: how.missPrice,
    };
  }

  #exploration(share: number): Exploration {
    const { firstSpread, lastSpread, actionPrice, creditKept } = this.#settings;
    const spread = firstSpread * (lastSpread / firstSpread) ** Math.min(1, 1.1 * share);
    return { spread, actionPrice, creditKept, missPrice: this.#missPrice };
  }

  /** Fills the experience with new episodes. @returns what those of `paper-random` came to */
  #explore(how: Exploration, stream: RandomStream): ExploredEpisode[] {
    const main: ExploredEpisode[] = [];
    const experience = this.#experience;
    experience.steps = 0;
    for (let count = 0; count < this.#settings.episodes; count += 1) {
      const meeting = this.#meeting(stream);
      if (experience.steps + this.#episodes.stepsOf(meeting) > experience.room) break;
      const met = this.#episodes.meet(meeting, how, experience, () => stream.unit());
      if (meeting.source === 'paper-random') main.push(met);
      this.#met += 1;
    }
    return main;
  }

  #meeting(stream: RandomStream): Meeting {
    const source = stream.unit() < this.#settings.mixedShare ? 'mixed' : 'paper-random';
    return { source, seed: stream.integer(GRADIENT_SEEDS.first, GRADIENT_SEEDS.last) };
  }

  #followMisses(missedPercent: number): void {
    const { targetMissedPercent } = this.#settings;
    this.#missedPercent += NEWEST_MISSES * (missedPercent - this.#missedPercent);
    const tooMany = 3 * Math.log((this.#missedPercent + 0.05) / (targetMissedPercent + 0.05));
    const price = this.#missPrice * Math.exp(PRICE_STEP * Math.min(1, Math.max(-1, tooMany)));
    this.#missPrice = Math.min(6, Math.max(0.5, price));
  }
}

/** What the newest episodes weigh in what is missed of late, and how far a price goes in one update at most. */
const NEWEST_MISSES = 0.1;
const PRICE_STEP = 0.015;

function meanOf(episodes: readonly ExploredEpisode[]): ExploredEpisode {
  const mean = (of: (episode: ExploredEpisode) => number): number =>
    episodes.reduce((sum, episode) => sum + of(episode), 0) / Math.max(1, episodes.length);
  return {
    missedPercent: mean(({ missedPercent }) => missedPercent),
    meanWorkers: mean(({ meanWorkers }) => meanWorkers),
    actions: mean(({ actions }) => actions),
  };
}
