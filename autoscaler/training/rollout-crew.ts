import type { CandidateScore } from './candidate-score.ts';
import type { GenomePlan } from './network-genome.ts';
import type { Meeting, RolloutRules } from './rollout.ts';
import { dealt, gathered, ThreadCrew } from './thread-crew.ts';

/** What a thread needs to know once. */
export interface CrewTask {
  readonly rules: RolloutRules;
  readonly plan: GenomePlan;
}

export interface CrewOrder {
  readonly genomes: readonly (readonly number[])[];
  readonly meetings: readonly Meeting[];
}

/** Threads that let candidates meet episodes. How many there are changes nothing but the time it takes. */
export class RolloutCrew {
  readonly #threads: number;
  readonly #crew: ThreadCrew<CrewOrder, CandidateScore[]>;

  constructor(task: CrewTask, threads: number) {
    this.#threads = Math.max(1, threads);
    const tasks = Array.from({ length: this.#threads }, () => task);
    this.#crew = new ThreadCrew(new URL('./rollout-thread.ts', import.meta.url), tasks);
  }

  /** The scores of candidates, in their order. */
  async score({ genomes, meetings }: CrewOrder): Promise<CandidateScore[]> {
    const hands = dealt(genomes, this.#threads);
    const answers = await this.#crew.ask((thread) => ({ genomes: hands[thread] ?? [], meetings }));
    return gathered(answers, genomes.length);
  }

  end(): Promise<void> {
    return this.#crew.end();
  }
}
