import type { CandidateScore } from './candidate-score.ts';
import type { GenomePlan } from './network-genome.ts';
import type { Meeting, RolloutRules } from './rollout.ts';
import { dealt, gathered, ThreadCrew } from './thread-crew.ts';

/** What a thread needs to know once. */
export interface CrewTask {
  readonly rules: RolloutRules;
  readonly plan: GenomePlan;
}

/** A candidate, and the episodes that it is to meet. */
export interface CrewJob {
  readonly genome: readonly number[];
  readonly meetings: readonly Meeting[];
}

/** Threads that let candidates meet episodes. How many there are changes nothing but the time it takes. */
export class RolloutCrew {
  readonly #threads: number;
  readonly #crew: ThreadCrew<readonly CrewJob[], CandidateScore[]>;

  constructor(task: CrewTask, threads: number) {
    this.#threads = Math.max(1, threads);
    const tasks = Array.from({ length: this.#threads }, () => task);
    this.#crew = new ThreadCrew(new URL('./rollout-thread.ts', import.meta.url), tasks);
  }

  /** The scores of candidates, in their order. */
  async score(jobs: readonly CrewJob[]): Promise<CandidateScore[]> {
    const hands = dealt(jobs, this.#threads);
    const answers = await this.#crew.ask((thread) => hands[thread] ?? []);
    return gathered(answers, jobs.length);
  }

  end(): Promise<void> {
    return this.#crew.end();
  }
}
