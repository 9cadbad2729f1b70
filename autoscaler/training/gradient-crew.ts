import { SLICES } from './gradient-slice.ts';
import type { ExploreOrder, GradientOrder, SliceFindings, SliceTask } from './gradient-slice.ts';
import type { Gradients } from './gradient-sums.ts';
import { dealt, gathered, ThreadCrew } from './thread-crew.ts';

/** Threads that keep the slices of a training. How many there are changes nothing but the time it takes. */
export class GradientCrew {
  readonly #crew: ThreadCrew<ExploreOrder | GradientOrder, readonly (SliceFindings | Gradients)[]>;

  constructor(task: Omit<SliceTask, 'slice'>, threads: number) {
    const tasks = Array.from({ length: SLICES }, (_, slice) => ({ ...task, slice }));
    const hands = dealt(tasks, Math.min(SLICES, Math.max(1, threads)));
    this.#crew = new ThreadCrew(new URL('./gradient-thread.ts', import.meta.url), hands);
  }

  /** What each slice has met, in the order of the slices. */
  async explore(order: ExploreOrder): Promise<SliceFindings[]> {
    return gathered((await this.#crew.ask(() => order)) as SliceFindings[][], SLICES);
  }

  /** What each slice says of a batch, in the order of the slices. */
  async gradients(order: GradientOrder): Promise<Gradients[]> {
    return gathered((await this.#crew.ask(() => order)) as Gradients[][], SLICES);
  }

  end(): Promise<void> {
    return this.#crew.end();
  }
}
