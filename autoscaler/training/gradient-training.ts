import type { DenseLayer } from '../../shared/policy/dense-layer.ts';
import { RandomStream } from '../../shared/workload/random-stream.ts';
import { advantageScale } from './experience.ts';
import type { Exploration, ExploredEpisode } from './explored-episodes.ts';
import type { GradientCrew } from './gradient-crew.ts';
import { GradientLearner } from './gradient-learner.ts';
import type { GradientLearnerSettings, GradientLearnerState } from './gradient-learner.ts';
import { drawGradientNetworks, GRADIENT_WIDTHS } from './gradient-networks.ts';
import type { Parameters, SliceTask } from './gradient-slice.ts';
import type { RolloutRules } from './rollout.ts';

/** How a training by policy gradients goes. Plain data: a run folder keeps it. */
export interface GradientTrainingSettings extends GradientLearnerSettings {
  readonly seed: number;
  /** Steps of learning, and episodes to each, in the end. */
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
  /**
   * Share of the updates, from chance, in which more workers may be added in a step than in the end: what a pool is
   * good for is learned sooner where it can be had at once.
   */
  readonly wideShare: number;
}

export const DEFAULT_GRADIENT_SETTINGS: GradientTrainingSettings = {
  seed: 1,
  updates: 640,
  episodes: 1024,
  mixedShare: 0.1,
  firstSpread: 0.26,
  lastSpread: 0.095,
  learningRate: 2e-3,
  targetMissedPercent: 0.75,
  missPrice: 1.6,
  actionPrice: 0.005,
  creditKept: 0.9,
  wideShare: 0.4,
  ...{ policyUnits: 32, judgeUnits: 32, passes: 3, batchRows: 2048, ratioLimit: 0.2, newestWeight: 0.03 },
};

/** What the crew of a training is told once. */
export function sliceTaskOf(
  settings: GradientTrainingSettings,
  rules: RolloutRules,
): Omit<SliceTask, 'slice'> {
  const { seed, episodes, mixedShare, policyUnits, judgeUnits, ratioLimit } = settings;
  const units = { policyUnits, judgeUnits };
  return { seed, rules, mostEpisodes: episodes, mixedShare, units, ratioLimit };
}

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

/** Updates in which only the judge learns, where the policy sets out from one that was learned before. */
const JUDGE_FIRST = 10;

/** In the wide part of a training so many workers may be added or removed in a step. */
const WIDE_LIMIT = 4;

/** Fewer episodes to an update suffice at first, when anything is an improvement; in the end there are all of them. */
const FIRST_EPISODES = 0.6;

/**
 * Meets episodes, learns from them, and lets the price of a miss follow what is missed. Every update begins a stream of
 * chance of its own, so a training that goes on from a state ends as it would have.
 */
export class GradientTraining {
  readonly learner: GradientLearner;
  readonly #settings: GradientTrainingSettings;
  readonly #stepLimit: number;
  readonly #crew: Pick<GradientCrew, 'explore' | 'gradients'>;
  readonly #isFromStart: boolean;
  #update = 0;
  #met = 0;
  #missPrice: number;
  #missedPercent: number;

  /** @param start a policy to set out from; without one it begins with weights drawn by chance */
  constructor(
    settings: GradientTrainingSettings,
    { stepLimit }: RolloutRules,
    crew: Pick<GradientCrew, 'explore' | 'gradients'>,
    start?: readonly DenseLayer[],
  ) {
    this.#settings = settings;
    this.#stepLimit = stepLimit;
    this.#crew = crew;
    this.#isFromStart = start !== undefined;
    const drawn = drawGradientNetworks(settings, GRADIENT_WIDTHS, new RandomStream(settings.seed, 'weights'));
    this.learner = new GradientLearner(settings, drawn);
    if (start !== undefined) this.learner.startFrom(start);
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

  async next(): Promise<UpdateReport> {
    const { updates, learningRate, episodes } = this.#settings;
    const share = this.#update / updates;
    const exploration = this.#exploration(share);
    const found = await this.#crew.explore({
      kind: 'explore',
      update: this.#update,
      episodes: Math.round(episodes * (FIRST_EPISODES + (1 - FIRST_EPISODES) * share)),
      exploration,
      ...this.#parameters(),
    });
    const scale = advantageScale(found.map(({ advantages }) => advantages));
    const gathering = { spread: exploration.spread, scale };
    const steps = found.reduce((sum, { advantages }) => sum + advantages.steps, 0);
    const judge = learningRate * (1 - 0.95 * share);
    const rates = { judge, policy: this.#isJudgeAlone ? 0 : judge };
    await this.learner.learn(steps, rates, (batch) =>
      this.#crew.gradients({ kind: 'gradients', batch, gathering, ...this.#parameters() }),
    );
    this.#update += 1;
    this.#met += found.reduce((sum, { met }) => sum + met, 0);
    const main = found.flatMap((each) => each.main);
    const seen = meanOf(main);
    if (main.length > 0) this.#followMisses(seen.missedPercent);
    return {
      update: this.#update,
      episodes: this.#met,
      qosPercent: 100 - seen.missedPercent,
      meanWorkers: seen.meanWorkers,
      scalingActions: seen.actions,
      spread: exploration.spread,
      missPrice: exploration.missPrice,
    };
  }

  get #isJudgeAlone(): boolean {
    return this.#isFromStart && this.#update < JUDGE_FIRST;
  }

  #parameters(): Parameters {
    return { policy: this.learner.policy.parameters, judge: this.learner.judge.parameters };
  }

  #exploration(share: number): Exploration {
    const { firstSpread, lastSpread, actionPrice, creditKept, wideShare } = this.#settings;
    const spread = firstSpread * (lastSpread / firstSpread) ** Math.min(1, 1.1 * share);
    const isWide = !this.#isFromStart && share < wideShare;
    const stepLimit = isWide ? Math.max(WIDE_LIMIT, this.#stepLimit) : this.#stepLimit;
    return { spread, actionPrice, creditKept, missPrice: this.#missPrice, stepLimit };
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
