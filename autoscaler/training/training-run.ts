import { Evaluator, selectionCost } from './evaluation.ts';
import type { Evaluation, SelectionGoal } from './evaluation.ts';
import type { EpisodeMetrics, Learner } from './learner.ts';
import { SELECTION_SEEDS } from './published-setup.ts';
import type { LearningSetup } from './published-setup.ts';
import type { RunFolder } from './run-folder.ts';

/** How a run is cut and when it ends. */
export interface RunPlan {
  readonly episodes: number;
  /** Episodes to a checkpoint, after which all streams of chance begin anew. */
  readonly checkpointEvery: number;
  /** Episodes to one line of metrics, which is their mean. */
  readonly metricsEvery: number;
  /** Episodes of the selection seeds on which each checkpoint is judged. */
  readonly evalEpisodes: number;
  /** Checkpoints without a better one after which the run ends; 0 for never. */
  readonly patience: number;
  readonly goal: SelectionGoal;
}

/** A policy on its way: the best so far. */
export interface Best {
  /** Episodes that it has learned from. */
  readonly episodes: number;
  readonly evaluation: Evaluation;
  readonly model: unknown;
}

export interface RunProgressReport {
  readonly episodes: number;
  readonly total: number;
  /** Present after a checkpoint. */
  readonly evaluation?: Evaluation;
}

export interface TrainingRunParts {
  readonly learner: Learner;
  readonly setup: LearningSetup;
  readonly plan: RunPlan;
  /** Where everything is kept; nothing is kept without one. */
  readonly folder?: RunFolder;
  readonly signal?: AbortSignal;
  readonly onProgress?: (report: RunProgressReport) => void;
}

/** How many episodes are learned from between two looks at whether to stop. */
const EPISODES_TO_A_BREATH = 20;

/** Lets a learner learn, keeps checkpoints, and selects the best of them on seeds that it was not trained on. */
export class TrainingRun {
  readonly #parts: TrainingRunParts;
  readonly #evaluator: Evaluator;
  #episodes = 0;
  #best: Best | undefined;
  #sinceBest = 0;
  #pending: EpisodeMetrics[] = [];

  constructor(parts: TrainingRunParts) {
    this.#parts = parts;
    const { first } = SELECTION_SEEDS;
    this.#evaluator = new Evaluator(parts.setup, { first, last: first + parts.plan.evalEpisodes - 1 });
  }

  /** Goes on from the latest checkpoint of the folder, where it has one. */
  async resume(): Promise<void> {
    const saved = this.#parts.folder?.latestState();
    if (saved === undefined) return;
    const { learner, best, sinceBest } = saved.state as SavedRun;
    await this.#parts.learner.restore(learner);
    this.#parts.folder?.forgetLinesAfter(saved.episodes);
    this.#episodes = saved.episodes;
    this.#best = best;
    this.#sinceBest = sinceBest;
  }

  /** Learns to the end, until nothing gets better, or until it is told to stop; what was reached is kept. */
  async run(): Promise<Best> {
    const { plan, learner } = this.#parts;
    let best = this.#best;
    while (this.#episodes < plan.episodes && !this.#isStopped() && !this.#isPatienceOver()) {
      learner.beginChapter(this.#episodes);
      await this.#chapter();
      best = await this.#checkpoint();
    }
    // Of a short or an interrupted run there is less than a whole group left, and it may be all that there is.
    this.#writeMetrics();
    return best ?? (await this.#checkpoint());
  }

  async #chapter(): Promise<void> {
    const { plan, learner } = this.#parts;
    const end = Math.min(plan.episodes, this.#episodes + plan.checkpointEvery);
    while (this.#episodes < end && !this.#isStopped()) {
      this.#note(learner.learnEpisode(this.#episodes / plan.episodes));
      if (this.#episodes % EPISODES_TO_A_BREATH === 0) await this.#breathe();
    }
  }

  #note(metrics: EpisodeMetrics): void {
    this.#episodes += 1;
    this.#pending.push(metrics);
    if (this.#pending.length >= this.#parts.plan.metricsEvery) this.#writeMetrics();
  }

  #writeMetrics(): void {
    if (this.#pending.length === 0) return;
    this.#parts.folder?.appendLine('metrics.jsonl', { episodes: this.#episodes, ...meanOf(this.#pending) });
    this.#pending = [];
  }

  /** Lets an interrupt arrive. */
  async #breathe(): Promise<void> {
    this.#parts.onProgress?.({ episodes: this.#episodes, total: this.#parts.plan.episodes });
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #checkpoint(): Promise<Best> {
    const { learner, plan, folder, onProgress } = this.#parts;
    const evaluation = this.#evaluator.evaluate(learner.policy());
    const cost = selectionCost(evaluation, plan.goal);
    const isBetter = this.#best === undefined || cost < selectionCost(this.#best.evaluation, plan.goal);
    const best =
      isBetter || this.#best === undefined
        ? { episodes: this.#episodes, evaluation, model: learner.model() }
        : this.#best;
    this.#sinceBest = isBetter ? 0 : this.#sinceBest + 1;
    this.#best = best;
    folder?.appendLine('evaluations.jsonl', {
      episodes: this.#episodes,
      evaluation,
      cost,
      isBest: isBetter,
    });
    const state: SavedRun = { learner: await learner.state(), best, sinceBest: this.#sinceBest };
    folder?.saveState({ episodes: this.#episodes, state });
    onProgress?.({ episodes: this.#episodes, total: plan.episodes, evaluation });
    return best;
  }

  #isStopped(): boolean {
    return this.#parts.signal?.aborted === true;
  }

  #isPatienceOver(): boolean {
    const { patience } = this.#parts.plan;
    return patience > 0 && this.#sinceBest >= patience;
  }
}

interface SavedRun {
  readonly learner: unknown;
  readonly best: Best;
  readonly sinceBest: number;
}

function meanOf(all: readonly EpisodeMetrics[]): Readonly<Record<string, number>> {
  const names = Object.keys(all[0] ?? {}) as (keyof EpisodeMetrics)[];
  return Object.fromEntries(
    names.map((name) => [name, all.reduce((sum, each) => sum + (each[name] ?? 0), 0) / all.length]),
  );
}
