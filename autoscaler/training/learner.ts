import type { Policy } from '../../shared/policy/policy.ts';

/** What became of one episode of learning. */
export interface EpisodeMetrics {
  /** Sum of its rewards. */
  readonly reward: number;
  /** Absent where nothing fell due. */
  readonly qosPercent?: number;
  readonly meanWorkers: number;
  readonly maxWorkers: number;
  readonly scaleUps: number;
  readonly scaleDowns: number;
  readonly steps: number;
  readonly unfinishedTasks: number;
  /** Share of actions by chance. */
  readonly epsilon: number;
  /** Mean size of the temporal-difference error (SARSA) or loss (DQN). */
  readonly loss: number;
}

/** A learner under training. All chance comes from streams that begin anew with each chapter. */
export interface Learner {
  /** Who computes. */
  readonly backend: string;
  /** What follows depends on the learner's state and on this number only, so that a run can go on from here. */
  beginChapter(episodes: number): void;
  /**
   * Plays one episode and learns from it.
   *
   * @param progress share of the run that lies behind, from 0 to 1
   */
  learnEpisode(progress: number): EpisodeMetrics;
  /** What it would do now, without any chance. */
  policy(): Policy;
  /** The `model` of a policy file. */
  model(): unknown;
  /** Everything that has to be kept to go on. */
  state(): Promise<unknown>;
  restore(state: unknown): Promise<void>;
  dispose(): void;
}

/** Where an episode's rewards and pools are added up. */
export class EpisodeTally {
  #reward = 0;
  #workers = 0;
  #maxWorkers = 0;
  #scaleUps = 0;
  #scaleDowns = 0;
  #steps = 0;
  #loss = 0;

  add(step: { readonly reward: number; readonly workers: number; readonly delta: number }): void {
    this.#reward += step.reward;
    this.#workers += step.workers;
    this.#maxWorkers = Math.max(this.#maxWorkers, step.workers);
    if (step.delta > 0) this.#scaleUps += 1;
    if (step.delta < 0) this.#scaleDowns += 1;
    this.#steps += 1;
  }

  addLoss(loss: number): void {
    this.#loss += Math.abs(loss);
  }

  /** @param updates learning steps that the losses came from */
  metrics(
    end: { readonly qosPercent?: number; readonly unfinishedTasks: number },
    epsilon: number,
    updates: number,
  ): EpisodeMetrics {
    return {
      reward: this.#reward,
      ...(end.qosPercent === undefined ? {} : { qosPercent: end.qosPercent }),
      meanWorkers: this.#workers / Math.max(1, this.#steps),
      maxWorkers: this.#maxWorkers,
      scaleUps: this.#scaleUps,
      scaleDowns: this.#scaleDowns,
      steps: this.#steps,
      unfinishedTasks: end.unfinishedTasks,
      epsilon,
      loss: this.#loss / Math.max(1, updates),
    };
  }
}
