import { together } from './candidate-score.ts';
import type { CandidateScore, MeanScore } from './candidate-score.ts';
import { SAFETY_GENES } from './network-genome.ts';
import { shares } from './network-search.ts';
import type { NetworkSearchSettings, Scorer } from './network-search.ts';
import type { Meeting } from './rollout.ts';
import { MIXED_WEIGHT } from './search-prices.ts';
import { dealt } from './thread-crew.ts';

/** Seeds that select, and those that adjust the safety; none of them was trained on. Those that score are others. */
export const SELECTION_SEEDS = { first: 50_001, last: 52_000 } as const;
export const FIRST_SCORING_SEED = 55_001;

/**
 * Workers that one percent of missed tasks weighs as much as in a selection: what the searches came to. It stays the
 * same from checkpoint to checkpoint, because a price that moves would compare nothing.
 */
const MISS_PRICE = 1.1;
const ACTION_PRICE = 0.05;

/** Episodes of one genome are met in so many shares, whatever the number of threads. */
const SHARES = 8;

/** Rounds of halving in which the safety is moved: to a hundredth of √load. */
const ROUNDS = 8;

/** Holds genomes against seeds that they were not trained on. */
export class NetworkSelection {
  readonly #settings: NetworkSearchSettings;
  readonly #scorer: Scorer;

  constructor(settings: NetworkSearchSettings, scorer: Scorer) {
    this.#settings = settings;
    this.#scorer = scorer;
  }

  async score(genome: readonly number[], meetings: readonly Meeting[]): Promise<CandidateScore> {
    const shares = dealt(meetings, SHARES).filter((share) => share.length > 0);
    return together(await this.#scorer.score(shares.map((share) => ({ genome, meetings: share }))));
  }

  /** As in the search: so many episodes, of which some are mixed workloads, and some the published load. */
  judge(genome: readonly number[], episodes: number): Promise<CandidateScore> {
    const meetings = shares(episodes, this.#settings).map((source, at) => ({
      source,
      seed: SELECTION_SEEDS.first + at,
    }));
    return this.score(genome, meetings);
  }

  /** What is selected costs least, in workers. */
  costOf({ main, mixed, paper }: CandidateScore): number {
    const episodes = main.episodes + mixed.episodes + paper.episodes;
    const sum =
      main.episodes * this.#cost(main, MISS_PRICE) +
      mixed.episodes * this.#cost(mixed, MIXED_WEIGHT * MISS_PRICE) +
      paper.episodes * this.#cost(paper, MISS_PRICE);
    return sum / episodes;
  }

  #cost({ workers, missedPercent, actions }: MeanScore, missPrice: number): number {
    const { targetMissedPercent, mostActions } = this.#settings;
    const excess = Math.max(0, actions - mostActions);
    return workers + missPrice * (missedPercent - targetMissedPercent) + ACTION_PRICE * excess;
  }

  /** Moves the safety of a genome until it misses as many tasks of `paper-random` as it may. */
  async calibrated(genome: readonly number[], episodes: number): Promise<number[]> {
    const meetings = Array.from({ length: episodes }, (_, at) => ({
      source: 'paper-random' as const,
      seed: SELECTION_SEEDS.first + at,
    }));
    const moved = (by: number): number[] =>
      genome.map((value, at) => (at < SAFETY_GENES ? value + by : value));
    let [less, more] = [-1, 1.5];
    for (let round = 0; round < ROUNDS; round += 1) {
      const middle = (less + more) / 2;
      const { main } = await this.score(moved(middle), meetings);
      if (main.missedPercent > this.#settings.targetMissedPercent) less = middle;
      else more = middle;
    }
    return moved(more);
  }
}

/** Episodes of one load on the scoring seeds. */
export function scoringMeetings(source: Meeting['source'], episodes: number): Meeting[] {
  return Array.from({ length: episodes }, (_, at) => ({ source, seed: FIRST_SCORING_SEED + at }));
}
