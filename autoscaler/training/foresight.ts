import type { Standing } from '../../shared/policy/history-network.ts';
import type { TaskTable } from '../../shared/simulator/task-table.ts';
import type { Workload } from '../../shared/workload/workload.ts';

/** Halves of steps that are foreseen one by one. */
const FORESEEN = 16;

/** How many figures `Foresight.write` writes. */
export const FORESIGHT_WIDTH = FORESEEN + 4;

/**
 * What will arrive in an episode, and how much of it is left. No policy sees it: it is for whoever judges, while
 * learning, how well a moment has gone. What comes is no doing of the policy, so a judge who knows it tells luck from
 * skill (Mao et al. 2019, "Variance reduction for reinforcement learning in input-driven environments").
 */
export class Foresight {
  /** Load of each half of a step, to the end of the episode; then mean and highest of those from each on. */
  readonly #loads: Float64Array;
  readonly #meanAfter: Float64Array;
  readonly #highestAfter: Float64Array;

  constructor(tasks: TaskTable, { stepSeconds, steps }: Workload) {
    const halves = 2 * steps;
    this.#loads = new Float64Array(halves);
    this.#meanAfter = new Float64Array(halves);
    this.#highestAfter = new Float64Array(halves);
    const seconds = stepSeconds / 2;
    for (let task = 0; task < tasks.count; task += 1) {
      const half = Math.floor((tasks.generatedAtSeconds[task] ?? 0) / seconds);
      if (half >= halves) continue;
      this.#loads[half] = (this.#loads[half] ?? 0) + (tasks.expectedServiceSeconds[task] ?? 0) / seconds;
    }
    let [sum, highest] = [0, 0];
    for (let half = halves - 1; half >= 0; half -= 1) {
      const load = this.#loads[half] ?? 0;
      sum += load;
      highest = Math.max(highest, load);
      this.#meanAfter[half] = sum / (halves - half);
      this.#highestAfter[half] = highest;
    }
  }

  /** @param step that is about to begin, from 0 on */
  write(step: number, { workers, load, scale }: Standing, target: Float64Array, start: number): void {
    const half = 2 * step;
    const halves = this.#loads.length;
    for (let ahead = 0; ahead < FORESEEN; ahead += 1) {
      const coming = this.#loads[half + ahead] ?? 0;
      target[start + ahead] = held((coming - workers) / scale, 5) / 2;
    }
    const left = Math.max(0, halves - half) / halves;
    const at = start + FORESEEN;
    target[at] = left;
    target[at + 1] = held(((this.#meanAfter[half] ?? workers) - workers) / scale, 4);
    target[at + 2] = held(((this.#highestAfter[half] ?? workers) - workers) / scale, 6) / 2;
    target[at + 3] = left * held((workers - load) / scale, 4);
  }
}

function held(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value));
}
