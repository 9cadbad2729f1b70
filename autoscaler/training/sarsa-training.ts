import { Discretisation } from '../../shared/policy/discretisation.ts';
import type { CutDimension } from '../../shared/policy/discretisation.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { sarsaTable } from '../../shared/policy/sarsa-table.ts';
import type { SarsaCell, SarsaModel } from '../../shared/policy/sarsa-table.ts';
import { RandomStream } from '../../shared/workload/random-stream.ts';
import { EpisodeTally } from './learner.ts';
import type { EpisodeMetrics, Learner } from './learner.ts';
import { environmentOf, TRAINING_SEEDS } from './published-setup.ts';
import type { LearningSetup, RewardChoice } from './published-setup.ts';
import { between } from './run-schedule.ts';
import { SarsaLearner } from './sarsa-learner.ts';
import type { SarsaRates } from './sarsa-learner.ts';
import type { SimulatedEnvironment } from './simulated-environment.ts';

export interface SarsaSettings extends RewardChoice {
  readonly seed: number;
  /** Step size at the beginning and at the end; between them it falls by a constant factor an episode. */
  readonly alpha: number;
  readonly alphaEnd: number;
  readonly gamma: number;
  readonly traceLambda: number;
  readonly traceThreshold: number;
  /** Share of actions by chance at the beginning and at the end; falls likewise. */
  readonly epsilon: number;
  readonly epsilonEnd: number;
  readonly bins: readonly CutDimension[];
  readonly fallback: SarsaModel['fallback'];
}

/** SARSA(λ) in the simulator. */
export class SarsaTraining implements Learner {
  readonly backend = 'table';
  readonly #setup: LearningSetup;
  readonly #settings: SarsaSettings;
  readonly #environment: SimulatedEnvironment;
  readonly #cells: Discretisation;
  readonly #learner: SarsaLearner;
  #seeds: RandomStream;
  #exploration: RandomStream;

  constructor(setup: LearningSetup, settings: SarsaSettings) {
    this.#setup = setup;
    this.#settings = settings;
    this.#environment = environmentOf(setup, settings);
    const names = setup.schema.quantities.map(({ name }) => name);
    this.#cells = new Discretisation(settings.bins, names);
    this.#learner = new SarsaLearner(this.#cells.size, setup.actionSpace.n);
    this.#seeds = this.#stream('episodes', 0);
    this.#exploration = this.#stream('exploration', 0);
  }

  beginChapter(episodes: number): void {
    this.#seeds = this.#stream('episodes', episodes);
    this.#exploration = this.#stream('exploration', episodes);
  }

  learnEpisode(progress: number): EpisodeMetrics {
    const { epsilon, epsilonEnd } = this.#settings;
    const now = between(epsilon, epsilonEnd, progress);
    const rates = this.#rates(progress);
    const tally = new EpisodeTally();
    this.#learner.begin();
    let [observation] = this.#environment.reset({ seed: this.#drawSeed() });
    let cell = this.#cells.cellOf(observation);
    let action = this.#choose(cell, now);
    for (;;) {
      const [seen, reward, terminated, truncated, info] = this.#environment.step(action);
      tally.add({ reward, workers: info.workers, delta: info.appliedDelta });
      observation = seen;
      const next = terminated ? undefined : this.#next(observation, now);
      const step = { cell, action, reward };
      tally.addLoss(this.#learner.learn(next === undefined ? step : { ...step, next }, rates));
      if (next === undefined || truncated) return tally.metrics(info, now, info.step);
      ({ cell, action } = next);
    }
  }

  policy(): Policy {
    const { schema, actionSpace } = this.#setup;
    return sarsaTable({ name: 'sarsa', schema, deltas: actionSpace.deltas, model: this.model() });
  }

  model(): SarsaModel {
    const { bins, fallback } = this.#settings;
    const cells = this.#visitedCells().map((cell) => ({ ...cell, values: cell.values.map(short) }));
    return { cuts: bins, fallback, cells };
  }

  async state(): Promise<readonly SarsaCell[]> {
    return this.#visitedCells();
  }

  async restore(state: unknown): Promise<void> {
    for (const { cell, values, visits } of state as readonly SarsaCell[]) {
      this.#learner.values.set(values, cell * this.#learner.actions);
      this.#learner.visits.set(visits, cell * this.#learner.actions);
    }
  }

  dispose(): void {
    // Nothing is held outside JavaScript's memory.
  }

  #next(observation: readonly number[], epsilon: number): { readonly cell: number; readonly action: number } {
    const cell = this.#cells.cellOf(observation);
    return { cell, action: this.#choose(cell, epsilon) };
  }

  #choose(cell: number, epsilon: number): number {
    return this.#learner.choose(cell, epsilon, this.#exploration);
  }

  #rates(progress: number): SarsaRates {
    const { alpha, alphaEnd, gamma, traceLambda, traceThreshold } = this.#settings;
    return { alpha: between(alpha, alphaEnd, progress), gamma, lambda: traceLambda, traceThreshold };
  }

  #drawSeed(): number {
    return this.#seeds.integer(TRAINING_SEEDS.first, TRAINING_SEEDS.last);
  }

  #visitedCells(): SarsaCell[] {
    const { values, visits, actions } = this.#learner;
    const cells: SarsaCell[] = [];
    for (let cell = 0; cell < this.#cells.size; cell += 1) {
      const [from, to] = [cell * actions, (cell + 1) * actions];
      const counts = Array.from(visits.subarray(from, to));
      if (counts.every((count) => count === 0)) continue;
      cells.push({ cell, values: Array.from(values.subarray(from, to)), visits: counts });
    }
    return cells;
  }

  #stream(name: string, episodes: number): RandomStream {
    return new RandomStream(this.#settings.seed, `sarsa ${name} from ${String(episodes)}`);
  }
}

/** Seven digits tell any two values apart that learning has told apart. */
function short(value: number): number {
  return Number(value.toPrecision(7));
}
