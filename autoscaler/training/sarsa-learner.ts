import type { RandomStream } from '../../shared/workload/random-stream.ts';

export interface SarsaRates {
  /** Step size; a pair of cell and action visited n times takes 1 / n while that is larger. From 0 to 1. */
  readonly alpha: number;
  /** Discount a step, from 0 to 1. */
  readonly gamma: number;
  /** How far credit reaches back, from 0 (one step) to 1 (the whole episode). */
  readonly lambda: number;
  /** Traces below it are forgotten. */
  readonly traceThreshold: number;
}

/** One step of an episode as the table sees it. */
export interface SarsaStep {
  readonly cell: number;
  readonly action: number;
  readonly reward: number;
  /** The cell reached, and the action to be taken there; absent where nothing comes after: a terminal state. */
  readonly next?: { readonly cell: number; readonly action: number };
}

/**
 * SARSA(λ) with accumulating traces on a table (Rummery and Niranjan 1994; Sutton and Barto 2018, 12.7). A terminal
 * state is worth nothing; an episode whose steps ran out goes on in value: the caller says what came next.
 */
export class SarsaLearner {
  /** Value of each action in each cell, cell by cell. */
  readonly values: Float64Array;
  readonly visits: Uint32Array;
  readonly actions: number;
  #traces: { readonly pair: number; strength: number }[] = [];

  constructor(cells: number, actions: number) {
    this.values = new Float64Array(cells * actions);
    this.visits = new Uint32Array(cells * actions);
    this.actions = actions;
  }

  /** An episode begins: nothing that follows is due to what went before. */
  begin(): void {
    this.#traces = [];
  }

  /** ε-greedy. What was never tried in a cell is tried first; equal values are drawn among. */
  choose(cell: number, epsilon: number, stream: RandomStream): number {
    if (stream.unit() < epsilon) return stream.integer(0, this.actions - 1);
    const first = cell * this.actions;
    let best: number[] = [];
    let highest = -Infinity;
    for (let action = 0; action < this.actions; action += 1) {
      const isNew = this.visits[first + action] === 0;
      const value = isNew ? Infinity : (this.values[first + action] ?? 0);
      if (value > highest) [best, highest] = [[action], value];
      else if (value === highest) best.push(action);
    }
    return best.length === 1 ? (best[0] ?? 0) : (best[stream.integer(0, best.length - 1)] ?? 0);
  }

  /** Learns from one step; returns the temporal-difference error. */
  learn({ cell, action, reward, next }: SarsaStep, rates: SarsaRates): number {
    const pair = cell * this.actions + action;
    const after = next === undefined ? 0 : (this.values[next.cell * this.actions + next.action] ?? 0);
    const error = reward + rates.gamma * after - (this.values[pair] ?? 0);
    this.visits[pair] = (this.visits[pair] ?? 0) + 1;
    this.#visit(pair);
    const decay = rates.gamma * rates.lambda;
    for (const trace of this.#traces) {
      const alpha = Math.max(rates.alpha, 1 / Math.max(1, this.visits[trace.pair] ?? 1));
      this.values[trace.pair] = (this.values[trace.pair] ?? 0) + alpha * error * trace.strength;
      trace.strength *= decay;
    }
    this.#traces = this.#traces.filter(({ strength }) => strength >= rates.traceThreshold);
    return error;
  }

  #visit(pair: number): void {
    const trace = this.#traces.find((each) => each.pair === pair);
    if (trace === undefined) this.#traces.push({ pair, strength: 1 });
    else trace.strength += 1;
  }
}
