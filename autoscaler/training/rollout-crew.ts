import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { CandidateScore } from './candidate-score.ts';
import type { GenomePlan } from './network-genome.ts';
import type { Meeting, RolloutRules } from './rollout.ts';

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
  readonly #threads: readonly Worker[];

  constructor(task: CrewTask, threads: number) {
    const script = new URL('./rollout-thread.ts', import.meta.url);
    this.#threads = Array.from(
      { length: Math.max(1, threads) },
      () => new Worker(script, { workerData: task }),
    );
  }

  /** The scores of candidates, in their order. */
  async score({ genomes, meetings }: CrewOrder): Promise<CandidateScore[]> {
    const threads = this.#threads.length;
    const slices = this.#threads.map((_, thread) => genomes.filter((__, at) => at % threads === thread));
    const answers = await Promise.all(
      this.#threads.map(async (thread, at) => {
        thread.postMessage({ genomes: slices[at] ?? [], meetings } satisfies CrewOrder);
        const [answer] = (await once(thread, 'message')) as [CandidateScore[]];
        return answer;
      }),
    );
    return genomes.map((_, at) => {
      const score = answers[at % threads]?.[Math.floor(at / threads)];
      if (score === undefined) throw new Error(`A training thread left candidate ${String(at)} out.`);
      return score;
    });
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}
