import { RandomStream } from '../../shared/workload/random-stream.ts';
import type { CandidateScore, MeanScore } from './candidate-score.ts';
import { Evolution } from './evolution.ts';
import { CONSTANTS, genomeLength, genomeOf } from './network-genome.ts';
import type { GenomePlan } from './network-genome.ts';
import type { NetworkModel } from '../../shared/policy/network.ts';
import { RolloutCrew } from './rollout-crew.ts';
import type { Meeting, RolloutRules } from './rollout.ts';

export interface NetworkSearchOptions {
  readonly rules: RolloutRules;
  readonly seed: number;
  /** Generations for the planner's constants alone, then for everything. */
  readonly constantGenerations: number;
  readonly generations: number;
  /** Episodes that every candidate of a generation meets; at the end of the search twice as many. */
  readonly episodes: number;
  /** Mixed workloads among them. */
  readonly mixedShare: number;
  /** Episodes of the published load among them: the rest is `paper-random`. */
  readonly paperShare: number;
  readonly hidden: number;
  readonly threads: number;
  readonly targetMissedPercent: number;
  readonly mostActions: number;
  /** A model to set out from, of the same shape; without one the constants are searched for first. */
  readonly start?: NetworkModel;
  readonly onGeneration?: (progress: NetworkSearchProgress) => void;
  readonly signal?: AbortSignal;
}

export interface NetworkSearchProgress {
  readonly generation: number;
  readonly generations: number;
  /** Mean over the candidates. */
  readonly main: MeanScore;
  readonly mixed: MeanScore;
  readonly paper: MeanScore;
  readonly missPrice: number;
  readonly actionPrice: number;
  readonly spread: number;
  readonly genome: readonly number[];
}

/** Seeds by which the last adjustment is made: none of them was trained on. */
const SELECTION_SEEDS = { first: 50_001 } as const;

/** What may be missed of the published load. */
const PAPER_MISSED_PERCENT = 0.72;

/** Seeds that may be trained on. */
const TRAINING_SEEDS = 1500;

/** Searches for the genome of the cheapest policy that misses as few tasks, and acts as rarely, as it is allowed to. */
export class NetworkSearch {
  readonly #options: NetworkSearchOptions;
  readonly #plan: GenomePlan;
  readonly #stream: RandomStream;
  readonly #crew: RolloutCrew;
  #generation = 0;
  /** Workers that one percent of missed tasks weighs as much as, and one scaling action. */
  #missPrice = 1;
  /** The same for the published load, whose fixed schedule asks for more safety. */
  #paperPrice = 1;
  #actionPrice = 0.01;

  constructor(options: NetworkSearchOptions) {
    this.#options = options;
    const { announced, stepLimit } = options.rules;
    this.#plan = { announced, stepLimit, hidden: options.hidden, seed: options.seed };
    this.#stream = new RandomStream(options.seed, 'evolution');
    this.#crew = new RolloutCrew({ rules: options.rules, plan: this.#plan }, options.threads);
  }

  get plan(): GenomePlan {
    return this.#plan;
  }

  async search(): Promise<number[]> {
    const { constantGenerations, generations, start: given } = this.#options;
    if (given !== undefined) {
      const known = genomeOf(given, this.#plan);
      const start = [...known, ...new Array<number>(genomeLength(this.#plan) - known.length).fill(0)];
      if (generations === 0) return start;
      return this.#run(new Evolution({ start, spread: 0.08, population: 20 }, this.#stream), generations);
    }
    const constants = new Array<number>(CONSTANTS).fill(0);
    const coarse = new Evolution({ start: constants, spread: 0.3, population: 12 }, this.#stream);
    await this.#run(coarse, constantGenerations);
    const start = [...coarse.mean, ...new Array<number>(genomeLength(this.#plan) - CONSTANTS).fill(0)];
    if (generations === 0) return coarse.mean;
    const fine = new Evolution({ start, spread: 0.15, population: 20 }, this.#stream);
    return this.#run(fine, generations);
  }

  /** Moves the safety of a genome until it misses as many tasks of the selection seeds as it may. */
  async calibrated(genome: readonly number[], episodes: number): Promise<number[]> {
    const meetings = Array.from({ length: episodes }, (_, at) => ({
      source: 'paper-random' as const,
      seed: SELECTION_SEEDS.first + at,
    }));
    const moved = (by: number): number[] => genome.map((value, at) => (at < 2 ? value + by : value));
    let [less, more] = [-1, 2];
    for (let round = 0; round < 9; round += 1) {
      const middle = (less + more) / 2;
      const { main } = await this.score(moved(middle), meetings);
      if (main.missedPercent > this.#options.targetMissedPercent) less = middle;
      else more = middle;
    }
    return moved(more);
  }

  async score(genome: readonly number[], meetings: readonly Meeting[]): Promise<CandidateScore> {
    const [score] = await this.#crew.score({ genomes: [genome], meetings });
    if (score === undefined) throw new Error('A training thread gave no score.');
    return score;
  }

  async end(): Promise<void> {
    await this.#crew.end();
  }

  /** @returns the mean of the search's means over its last fifth: less noisy than any one of them */
  async #run(evolution: Evolution, generations: number): Promise<number[]> {
    const averaged = Math.max(1, Math.floor(generations / 5));
    const sum = evolution.mean.map(() => 0);
    for (let generation = 0; generation < generations; generation += 1) {
      const meetings = this.#meetings(generation / generations);
      const genomes = evolution.ask();
      const scores = await this.#crew.score({ genomes, meetings });
      evolution.tell(scores.map((score) => this.#cost(score)));
      this.#adaptPrices(scores);
      this.#report(scores, evolution);
      if (generation < generations - averaged) continue;
      for (const [at, value] of evolution.mean.entries()) sum[at] = (sum[at] ?? 0) + value / averaged;
      if (this.#options.signal?.aborted === true) return evolution.mean;
    }
    return sum;
  }

  /** All candidates of a generation meet the same episodes; the next ones meet others. */
  #meetings(progress: number): Meeting[] {
    const count = Math.round(this.#options.episodes * (1 + progress));
    const mixed = Math.round(count * this.#options.mixedShare);
    const paper = Math.round(count * this.#options.paperShare);
    return Array.from({ length: count }, (_, at) => ({
      source: at < mixed ? 'mixed' : at < mixed + paper ? 'paper' : 'paper-random',
      seed: this.#stream.integer(1, TRAINING_SEEDS),
    }));
  }

  #cost({ main, mixed, paper }: CandidateScore): number {
    const weight = main.episodes + mixed.episodes + paper.episodes;
    const sum =
      main.episodes * this.#priced(main, this.#missPrice) +
      mixed.episodes * this.#priced(mixed, this.#missPrice) +
      paper.episodes * this.#priced(paper, this.#paperPrice);
    return sum / weight;
  }

  #priced({ workers, missedPercent, actions }: MeanScore, missPrice: number): number {
    return workers + missPrice * missedPercent + this.#actionPrice * actions;
  }

  /** The prices at which the cheapest policy keeps to its bounds are not known beforehand: they follow the search. */
  #adaptPrices(scores: readonly CandidateScore[]): void {
    const main = meanScore(scores.map((score) => score.main));
    const paper = meanScore(scores.map((score) => score.paper));
    const { targetMissedPercent, mostActions } = this.#options;
    this.#missPrice = followed(this.#missPrice, main.missedPercent, targetMissedPercent);
    if (paper.episodes > 0) {
      this.#paperPrice = followed(this.#paperPrice, paper.missedPercent, PAPER_MISSED_PERCENT);
    }
    this.#actionPrice *= Math.exp(Math.max(-0.1, Math.min(0.1, 0.05 * (main.actions - mostActions))));
    this.#actionPrice = Math.min(0.3, Math.max(0.002, this.#actionPrice));
  }

  #report(scores: readonly CandidateScore[], evolution: Evolution): void {
    const { constantGenerations, generations, onGeneration } = this.#options;
    this.#generation += 1;
    onGeneration?.({
      generation: this.#generation,
      generations: constantGenerations + generations,
      main: meanScore(scores.map((score) => score.main)),
      mixed: meanScore(scores.map((score) => score.mixed)),
      paper: meanScore(scores.map((score) => score.paper)),
      missPrice: this.#missPrice,
      actionPrice: this.#actionPrice,
      spread: evolution.spread,
      genome: evolution.mean,
    });
  }
}

/** A price that rises while more is missed than may be. */
function followed(price: number, missedPercent: number, target: number): number {
  const tooMany = Math.log((missedPercent + 0.05) / (target + 0.05));
  return Math.min(10, Math.max(0.2, price * Math.exp(0.15 * Math.max(-1, Math.min(1, tooMany)))));
}

function meanScore(scores: readonly MeanScore[]): MeanScore {
  const mean = (of: (score: MeanScore) => number): number =>
    scores.reduce((sum, score) => sum + of(score), 0) / Math.max(1, scores.length);
  return {
    episodes: scores[0]?.episodes ?? 0,
    missedPercent: mean(({ missedPercent }) => missedPercent),
    workers: mean(({ workers }) => workers),
    actions: mean(({ actions }) => actions),
  };
}
