import type { Observation } from '../control/observation.ts';
import { pureEngine } from './dense-layer.ts';
import type { DenseLayer, NetworkEngine, NetworkRun } from './dense-layer.ts';
import { longSightOf } from './history-inputs.ts';
import type { HistoryInput, LongSight } from './history-inputs.ts';
import { afterLook, firstHistory, historyIn, memoryOf } from './load-history.ts';
import type { LoadHistory } from './load-history.ts';
import type { Decider, DeciderMemory, Policy } from './policy.ts';

/** A policy that remembers what arrived of late, and has learned by trying what pool to keep: nothing is planned. */
export interface HistoryNetworkModel {
  /** Load that each worker stands for at the first look, when nothing has been seen yet. */
  readonly guessPerWorker: number;
  readonly inputs: readonly HistoryInput[];
  /** Two outputs: see `aimOf`. */
  readonly layers: readonly DenseLayer[];
}

/** What the network says: where the pool should be, and how far from it it is left alone. */
export interface Aim {
  /** Workers to add, negative to remove; not yet whole. */
  readonly change: number;
  /** Beyond half a worker, so many more have to be missing, or too many, before anything is done. */
  readonly tolerance: number;
}

/** How far from its aim a pool is left alone, in √load, where the network puts out 0, is this times ln 2. */
export const TOLERANCE_SCALE = 0.25;

/** The pool as it is, the load in the long mean, and its square root. */
export interface Standing {
  readonly workers: number;
  readonly load: number;
  readonly scale: number;
}

/** The first output is the pool above the load in the long mean, in √load; the second widens the tolerance. */
export function aimOf(outputs: ArrayLike<number>, { workers, load, scale }: Standing): Aim {
  return {
    change: load + (outputs[0] ?? 0) * scale - workers,
    tolerance: TOLERANCE_SCALE * softplus(outputs[1] ?? 0) * scale,
  };
}

/** ln(1 + eˣ): 0 far below 0, x far above. */
function softplus(x: number): number {
  return x > 30 ? x : Math.log1p(Math.exp(x));
}

/** Its slope. */
export function softplusSlope(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** The whole number of workers to add. */
export function changeOf({ change, tolerance }: Aim): number {
  if (change > 0.5 + tolerance) return Math.ceil(change - tolerance - 0.5);
  if (change < -0.5 - tolerance) return Math.min(-1, Math.ceil(change + tolerance - 0.5));
  return 0;
}

export function historyNetworkPolicy(
  name: string,
  model: HistoryNetworkModel,
  engine: NetworkEngine = pureEngine,
): Policy {
  const run = engine(model.layers);
  return { name, begin: (memory) => new HistoryDecider(model, run, memory) };
}

class HistoryDecider implements Decider {
  readonly #model: HistoryNetworkModel;
  readonly #run: NetworkRun;
  #history: LoadHistory | undefined;

  constructor(model: HistoryNetworkModel, run: NetworkRun, memory: DeciderMemory = {}) {
    this.#model = model;
    this.#run = run;
    this.#history = historyIn(memory);
  }

  memory(): DeciderMemory {
    return this.#history === undefined ? {} : memoryOf(this.#history);
  }

  decide(seen: Observation): number {
    const { guessPerWorker, inputs } = this.#model;
    const history = afterLook(this.#history ?? firstHistory(seen, guessPerWorker), seen);
    const sight = longSightOf(seen, history);
    this.#history = { ...history, workers: seen.workers };
    const { load, scale } = sight;
    const { workers } = seen;
    return workers + changeOf(aimOf(this.#run(inputValues(inputs, sight)), { workers, load, scale }));
  }
}

export function inputValues(inputs: readonly HistoryInput[], sight: LongSight): readonly number[] {
  return inputs.map(({ low, high, of }) => Math.min(high, Math.max(low, of(sight))));
}
