import { RandomStream } from '../../shared/workload/random-stream.ts';
import { Evolution } from './evolution.ts';
import type { EvolutionState } from './evolution.ts';
import { constantsIn, genomeLength } from './network-genome.ts';
import type { GenomePlan } from './network-genome.ts';
import type { CrewJob } from './rollout-crew.ts';
import type { CandidateScore } from './candidate-score.ts';
import type { Meeting } from './rollout.ts';
import { meanScore, SearchPrices } from './search-prices.ts';
import type { Prices, SearchBounds } from './search-prices.ts';

/** How a search goes. Plain data: a run folder keeps it. */
export interface NetworkSearchSettings extends SearchBounds {
  readonly seed: number;
  /** Generations for the constants of outlook and plan alone, then for everything. */
  readonly constantGenerations: number;
  readonly generations: number;
  /** Episodes that every candidate of a generation meets; at the end of the search twice as many. */
  readonly episodes: number;
  /** Mixed workloads among them. */
  readonly mixedShare: number;
  /** Episodes of the published load among them: the rest is `paper-random`. */
  readonly paperShare: number;
}

/** One generation, as it went. */
export interface GenerationReport {
  /** Generations, and episodes that candidates have met, until now. */
  readonly generation: number;
  readonly episodes: number;
  /** Means over all candidates, on `paper-random`. */
  readonly qosPercent: number;
  readonly meanWorkers: number;
  readonly scalingActions: number;
  readonly spread: number;
  readonly prices: Prices;
  /** Whether everything is searched for that will be, not the constants alone before that. */
  readonly isRefined: boolean;
  readonly isLast: boolean;
}

/** Where a search stands between two generations. Plain data. */
export interface NetworkSearchState {
  readonly generation: number;
  readonly episodes: number;
  readonly prices: Prices;
  readonly evolution: EvolutionState;
  readonly average: readonly number[];
}

/** Candidates a generation, and how far from their mean they are drawn at first, for constants and for everything. */
const COARSE = { population: 12, spread: 0.2 };
const FINE = { population: 20, spread: 0.08 };

/** What a generation's mean weighs in the average that is taken for the result: less noisy than any one of them. */
const NEWEST_WEIGHT = 0.08;

/** Seeds that are met again and again; all of them may be trained on. */
export const MET_SEEDS = { first: 1, last: 1500 } as const;

/** A state to go on from that stands for another model: of other inputs, or made by another version. */
export class OtherGenome extends Error {
  override readonly name = 'OtherGenome';
  constructor(expected: readonly number[], got: number) {
    super(
      `Expected a search over ${expected.join(' or ')} numbers; the run searches over ${String(got)}. ` +
        'It was begun by another version: go on with that one, or begin a new run.',
    );
  }
}

/** Whoever lets candidates meet episodes. */
export interface Scorer {
  score(jobs: readonly CrewJob[]): Promise<CandidateScore[]>;
}

/**
 * Searches for the genome of the cheapest policy that misses as few tasks, and acts as rarely, as it is allowed to.
 * Every generation begins a stream of chance of its own, so a search that goes on from a state ends as it would have.
 */
export class NetworkSearch {
  readonly #settings: NetworkSearchSettings;
  readonly #plan: GenomePlan;
  readonly #scorer: Scorer;
  #generation = 0;
  #episodes = 0;
  #prices: SearchPrices;
  #evolution: Evolution;
  #average: number[];
  /** Weights of the network of a start, as long as only constants are searched for. */
  readonly #startWeights: readonly number[];

  /** @param start a genome to set out from; without one it is guesses, which numbers of 0 stand for */
  constructor(
    settings: NetworkSearchSettings,
    plan: GenomePlan,
    scorer: Scorer,
    start: readonly number[] = [],
  ) {
    this.#settings = settings;
    this.#plan = plan;
    this.#scorer = scorer;
    this.#prices = new SearchPrices(settings);
    const isCoarse = settings.constantGenerations > 0;
    const size = isCoarse ? constantsIn(plan) : genomeLength(plan);
    this.#startWeights = start.slice(constantsIn(plan));
    this.#average = Array.from({ length: size }, (_, at) => start[at] ?? 0);
    this.#evolution = new Evolution({ ...(isCoarse ? COARSE : FINE), start: this.#average });
  }

  get generation(): number {
    return this.#generation;
  }

  get isOver(): boolean {
    const { constantGenerations, generations } = this.#settings;
    return this.#generation >= constantGenerations + generations;
  }

  /** The best guess so far. */
  get genome(): readonly number[] {
    return this.#whole(this.#average);
  }

  state(): NetworkSearchState {
    return {
      generation: this.#generation,
      episodes: this.#episodes,
      prices: this.#prices.now,
      evolution: this.#evolution.state(),
      average: [...this.#average],
    };
  }

  restore(state: NetworkSearchState): void {
    const { mean: start } = state.evolution;
    const lengths = [constantsIn(this.#plan), genomeLength(this.#plan)];
    if (!lengths.includes(start.length)) throw new OtherGenome(lengths, start.length);
    this.#generation = state.generation;
    this.#episodes = state.episodes;
    this.#prices = new SearchPrices(this.#settings, state.prices);
    const size = start.length > constantsIn(this.#plan) ? FINE : COARSE;
    this.#evolution = new Evolution({ ...size, start });
    this.#evolution.restore(state.evolution);
    this.#average = [...state.average];
  }

  async next(): Promise<GenerationReport> {
    const { constantGenerations } = this.#settings;
    if (constantGenerations > 0 && this.#generation === constantGenerations) this.#refine();
    const stream = new RandomStream(this.#settings.seed, `evolution ${String(this.#generation)}`);
    const meetings = this.#meetings(stream);
    const genomes = this.#evolution.ask(stream);
    const scores = await this.#scorer.score(
      genomes.map((genome) => ({ genome: this.#whole(genome), meetings })),
    );
    this.#evolution.tell(scores.map((score) => this.#prices.costOf(score)));
    this.#prices.follow(scores);
    this.#generation += 1;
    this.#episodes += genomes.length * meetings.length;
    const weight = Math.max(NEWEST_WEIGHT, 1 / this.#stageGeneration());
    const { mean } = this.#evolution;
    this.#average = mean.map((value, at) => (1 - weight) * (this.#average[at] ?? 0) + weight * value);
    return this.#report(scores);
  }

  /** With the weights of the start, where only constants are searched for. */
  #whole(genome: readonly number[]): readonly number[] {
    return genome.length > constantsIn(this.#plan) ? genome : [...genome, ...this.#startWeights];
  }

  /** From the constants alone to everything: the network begins with the weights that it had meanwhile. */
  #refine(): void {
    const whole = this.genome;
    const start = Array.from({ length: genomeLength(this.#plan) }, (_, at) => whole[at] ?? 0);
    this.#evolution = new Evolution({ ...FINE, start });
    this.#average = start;
  }

  get #isRefined(): boolean {
    const { constantGenerations, generations } = this.#settings;
    return generations === 0 || this.#generation > constantGenerations;
  }

  /** From 1 on, anew in each stage. */
  #stageGeneration(): number {
    const { constantGenerations } = this.#settings;
    return this.#generation > constantGenerations ? this.#generation - constantGenerations : this.#generation;
  }

  /** All candidates of a generation meet the same episodes; the next ones meet others. */
  #meetings(stream: RandomStream): Meeting[] {
    const { constantGenerations, generations, episodes, mixedShare, paperShare } = this.#settings;
    const count = Math.round(episodes * (1 + this.#generation / (constantGenerations + generations)));
    return shares(count, { mixedShare, paperShare }).map((source) => ({
      source,
      seed: stream.integer(MET_SEEDS.first, MET_SEEDS.last),
    }));
  }

  #report(scores: readonly CandidateScore[]): GenerationReport {
    const main = meanScore(scores.map((score) => score.main));
    return {
      generation: this.#generation,
      episodes: this.#episodes,
      qosPercent: 100 - main.missedPercent,
      meanWorkers: main.workers,
      scalingActions: main.actions,
      spread: this.#evolution.spread,
      prices: this.#prices.now,
      isRefined: this.#isRefined,
      isLast: this.isOver,
    };
  }
}

/** Where so many episodes come from. */
export function shares(
  count: number,
  { mixedShare, paperShare }: Pick<NetworkSearchSettings, 'mixedShare' | 'paperShare'>,
): Meeting['source'][] {
  const mixed = Math.round(count * mixedShare);
  const paper = Math.round(count * paperShare);
  return Array.from({ length: count }, (_, at) =>
    at < mixed ? 'mixed' : at < mixed + paper ? 'paper' : 'paper-random',
  );
}
