import type { CandidateScore, MeanScore } from './candidate-score.ts';

export interface SearchBounds {
  /** Percent of the tasks that may be missed. */
  readonly targetMissedPercent: number;
  /** Scaling actions of an episode of 30 steps. */
  readonly mostActions: number;
}

/** Workers that one percent of missed tasks weighs as much as, or one scaling action. */
export interface Prices {
  readonly miss: number;
  /** The same for the published load, whose fixed schedule asks for more safety. */
  readonly paperMiss: number;
  readonly action: number;
}

/**
 * What may be missed of the published load, as a share of what may be missed of others: it loses more by the same
 * change of safety, and has to keep a distance.
 */
const PAPER_SHARE = 0.9;

const FIRST: Prices = { miss: 1.2, paperMiss: 4, action: 0.01 };

/**
 * What a miss weighs in a mixed workload, against one of `paper-random`. Some of them nobody can meet, and there a
 * percent of QoS is bought by far fewer workers: at the full price they would ask for safety that helps nobody.
 */
export const MIXED_WEIGHT = 0.4;

/** The prices at which the cheapest policy keeps to its bounds are not known beforehand: they follow the search. */
export class SearchPrices {
  readonly #bounds: SearchBounds;
  #prices: Prices;

  constructor(bounds: SearchBounds, prices = FIRST) {
    this.#bounds = bounds;
    this.#prices = prices;
  }

  get now(): Prices {
    return this.#prices;
  }

  /** What a candidate costs: the mean over its episodes, in workers. */
  costOf(score: CandidateScore): number {
    const { miss, paperMiss } = this.#prices;
    const groups = [
      { ...score.main, price: miss },
      { ...score.mixed, price: MIXED_WEIGHT * miss },
      { ...score.paper, price: paperMiss },
    ];
    const episodes = groups.reduce((sum, group) => sum + group.episodes, 0);
    return groups.reduce((sum, group) => sum + group.episodes * this.#priced(group), 0) / episodes;
  }

  /** @param scores of all candidates of a generation */
  follow(scores: readonly CandidateScore[]): void {
    const main = meanScore(scores.map((score) => score.main));
    const paper = meanScore(scores.map((score) => score.paper));
    const { targetMissedPercent, mostActions } = this.#bounds;
    const { miss, paperMiss, action } = this.#prices;
    const tooMany = Math.max(-0.1, Math.min(0.1, 0.05 * (main.actions - mostActions)));
    this.#prices = {
      miss: followed(miss, main.missedPercent, targetMissedPercent),
      paperMiss:
        paper.episodes > 0
          ? followed(paperMiss, paper.missedPercent, PAPER_SHARE * targetMissedPercent)
          : paperMiss,
      action: Math.min(0.3, Math.max(0.002, action * Math.exp(tooMany))),
    };
  }

  #priced({ workers, missedPercent, actions, price }: MeanScore & { readonly price: number }): number {
    return workers + price * missedPercent + this.#prices.action * actions;
  }
}

/** A price that rises while more is missed than may be. */
function followed(price: number, missedPercent: number, target: number): number {
  const tooMany = Math.log((missedPercent + 0.05) / (target + 0.05));
  return Math.min(10, Math.max(0.2, price * Math.exp(0.15 * Math.max(-1, Math.min(1, tooMany)))));
}

export function meanScore(scores: readonly MeanScore[]): MeanScore {
  const mean = (of: (score: MeanScore) => number): number =>
    scores.reduce((sum, score) => sum + of(score), 0) / Math.max(1, scores.length);
  return {
    episodes: scores[0]?.episodes ?? 0,
    missedPercent: mean(({ missedPercent }) => missedPercent),
    workers: mean(({ workers }) => workers),
    actions: mean(({ actions }) => actions),
  };
}
