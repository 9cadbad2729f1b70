import type { CandidateScore } from './candidate-score.ts';
import type { GenerationReport, NetworkSearch, NetworkSearchState } from './network-search.ts';
import type { NetworkSelection } from './network-selection.ts';
import type { RunFolder } from './run-folder.ts';

/** How a run is cut, and when it ends. Plain data: a run folder keeps it. */
export interface NetworkRunPlan {
  /** Generations to a checkpoint. */
  readonly checkpointEvery: number;
  /** Episodes of the selection seeds by which each checkpoint is judged. */
  readonly evalEpisodes: number;
  /** Checkpoints without a better one after which the run ends; 0 for never. */
  readonly patience: number;
  /** Episodes of the selection seeds by which the safety of the result is adjusted. */
  readonly adjustingEpisodes: number;
  /** Episodes of the scoring seeds, which tell what the result is worth. */
  readonly scoringEpisodes: number;
}

/** The best genome so far. */
export interface BestGenome {
  readonly generation: number;
  readonly episodes: number;
  readonly genome: readonly number[];
  readonly cost: number;
}

/** What a checkpoint holds. */
interface SavedNetworkRun {
  readonly search: NetworkSearchState;
  readonly best: BestGenome | undefined;
  readonly sinceBest: number;
  /** Spent until then, by this run and those that it goes on from. */
  readonly seconds: number;
}

export interface NetworkRunParts {
  readonly search: NetworkSearch;
  readonly selection: NetworkSelection;
  readonly plan: NetworkRunPlan;
  readonly folder?: RunFolder;
  readonly signal?: AbortSignal;
  /** Seconds from any moment on. */
  readonly clock: () => number;
  readonly onGeneration?: (report: GenerationReport) => void;
}

/** Lets a search go on until it is over, until nothing gets better, or until it is told to stop; keeps checkpoints. */
export class NetworkRun {
  readonly #parts: NetworkRunParts;
  readonly #startedAt: number;
  #best: BestGenome | undefined;
  #sinceBest = 0;
  #earlierSeconds = 0;

  constructor(parts: NetworkRunParts) {
    this.#parts = parts;
    this.#startedAt = parts.clock();
  }

  /** Spent so far, by this run and those that it goes on from. */
  get seconds(): number {
    return this.#earlierSeconds + this.#parts.clock() - this.#startedAt;
  }

  /** Goes on from the latest checkpoint of the folder, where it has one. */
  resume(): void {
    const saved = this.#parts.folder?.latestState();
    if (saved === undefined) return;
    const { search, best, sinceBest, seconds } = saved.state as SavedNetworkRun;
    this.#parts.search.restore(search);
    this.#parts.folder?.forgetLinesAfter(saved.episodes);
    this.#best = best;
    this.#sinceBest = sinceBest;
    this.#earlierSeconds = seconds;
  }

  /** The best genome; undefined where the run was stopped before it was done: a checkpoint holds what was reached. */
  async run(): Promise<BestGenome | undefined> {
    const { search, plan, folder, signal, onGeneration } = this.#parts;
    while (!search.isOver && !this.#isPatienceOver()) {
      if (signal?.aborted === true) {
        this.#save();
        return undefined;
      }
      const report = await search.next();
      folder?.appendLine('metrics.jsonl', report);
      const isDue = report.generation % plan.checkpointEvery === 0 && report.isRefined;
      if (isDue || report.isLast) await this.#checkpoint(report);
      onGeneration?.(report);
    }
    // Nothing to search for: the model that it set out from only has its safety moved.
    return this.#best ?? { generation: 0, episodes: 0, genome: search.genome, cost: 0 };
  }

  async #checkpoint({ generation, episodes }: GenerationReport): Promise<void> {
    const { search, selection, plan, folder } = this.#parts;
    const { genome } = search;
    const score = await selection.judge(genome, plan.evalEpisodes);
    const cost = selection.costOf(score);
    const isBest = this.#best === undefined || cost < this.#best.cost;
    if (isBest) this.#best = { generation, episodes, genome: [...genome], cost };
    this.#sinceBest = isBest ? 0 : this.#sinceBest + 1;
    folder?.appendLine('evaluations.jsonl', {
      ...{ generation, episodes, evaluation: evaluationOf(score), score, cost, isBest },
    });
    this.#save();
  }

  #save(): void {
    const { search, folder } = this.#parts;
    const state = search.state();
    const saved: SavedNetworkRun = {
      search: state,
      best: this.#best,
      sinceBest: this.#sinceBest,
      seconds: this.seconds,
    };
    folder?.saveState({ episodes: state.episodes, state: saved });
  }

  #isPatienceOver(): boolean {
    const { patience } = this.#parts.plan;
    return patience > 0 && this.#sinceBest >= patience;
  }
}

/** As the training curves draw it. */
function evaluationOf({ main }: CandidateScore): {
  readonly qosPercent: number;
  readonly meanWorkers: number;
} {
  return { qosPercent: 100 - main.missedPercent, meanWorkers: main.workers };
}
