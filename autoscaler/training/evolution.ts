import type { RandomStream } from '../../shared/workload/random-stream.ts';

export interface EvolutionSettings {
  /** Where the search begins. */
  readonly start: readonly number[];
  /** Standard deviation of the first candidates, the same in every direction. */
  readonly spread: number;
  /** Candidates a generation; even. */
  readonly population: number;
}

export interface EvolutionState {
  readonly mean: readonly number[];
  readonly spread: number;
  readonly root: readonly (readonly number[])[];
  readonly pathOfSpread: readonly number[];
  readonly pathOfShape: readonly number[];
}

/**
 * CMA-ES: candidates are drawn from a normal distribution, whose mean moves to the better half of them and whose
 * covariance takes the shape of what was better (Hansen 2016, "The CMA evolution strategy: a tutorial"). The
 * covariance is kept as its triangular root (Krause, Arbonès and Igel 2016), which needs no eigenvectors. Candidates
 * come in mirrored pairs (Brockhoff et al. 2010), which halves the noise of the mean.
 */
export class Evolution {
  readonly #size: number;
  readonly #weights: readonly number[];
  readonly #rates: Rates;
  #mean: Float64Array;
  /** Lower triangular root of the covariance, row by row. */
  #root: Float64Array[];
  #pathOfSpread: Float64Array;
  #pathOfShape: Float64Array;
  #spread: number;
  #drawn: Float64Array[] = [];
  readonly #population: number;

  constructor(settings: EvolutionSettings) {
    const size = settings.start.length;
    this.#size = size;
    this.#population = settings.population;
    this.#weights = weightsOf(settings.population);
    this.#rates = ratesOf(size, this.#weights);
    this.#mean = Float64Array.from(settings.start);
    this.#spread = settings.spread;
    this.#root = Array.from({ length: size }, (_, row) => {
      const values = new Float64Array(row + 1);
      values[row] = 1;
      return values;
    });
    this.#pathOfSpread = new Float64Array(size);
    this.#pathOfShape = new Float64Array(size);
  }

  /** The best guess so far. */
  get mean(): number[] {
    return [...this.#mean];
  }

  get spread(): number {
    return this.#spread;
  }

  /** Where it stands between two generations; plain data. */
  state(): EvolutionState {
    return {
      mean: [...this.#mean],
      spread: this.#spread,
      root: this.#root.map((row) => [...row]),
      pathOfSpread: [...this.#pathOfSpread],
      pathOfShape: [...this.#pathOfShape],
    };
  }

  /** Goes on from where another search of the same size and population stood. */
  restore(state: EvolutionState): void {
    this.#mean = Float64Array.from(state.mean);
    this.#spread = state.spread;
    this.#root = state.root.map((row) => Float64Array.from(row));
    this.#pathOfSpread = Float64Array.from(state.pathOfSpread);
    this.#pathOfShape = Float64Array.from(state.pathOfShape);
  }

  /** The candidates of a generation. */
  ask(stream: RandomStream): number[][] {
    this.#drawn = [];
    while (this.#drawn.length < this.#population) {
      const draw = Float64Array.from({ length: this.#size }, () => stream.normal());
      this.#drawn.push(
        draw,
        draw.map((value) => -value),
      );
    }
    return this.#drawn.map((draw) =>
      Array.from(this.#shaped(draw), (value, at) => (this.#mean[at] ?? 0) + this.#spread * value),
    );
  }

  /** @param costs of the candidates of `ask`, in their order; lower is better */
  tell(costs: readonly number[]): void {
    const order = costs.map((_, at) => at).sort((a, b) => (costs[a] ?? 0) - (costs[b] ?? 0) || a - b);
    const best = order.slice(0, this.#weights.length).map((at) => this.#drawn[at] ?? new Float64Array());
    const shift = new Float64Array(this.#size);
    for (const [rank, draw] of best.entries()) addTo(shift, draw, this.#weights[rank] ?? 0);
    const step = this.#shaped(shift);
    const steps = best.map((draw) => this.#shaped(draw));
    addTo(this.#mean, step, this.#spread);
    this.#followPaths(shift, step);
    this.#reshape(steps);
  }

  #followPaths(shift: Float64Array, step: Float64Array): void {
    const { spreadPath, damping, shapePath, selection } = this.#rates;
    scale(this.#pathOfSpread, 1 - spreadPath);
    addTo(this.#pathOfSpread, shift, Math.sqrt(spreadPath * (2 - spreadPath) * selection));
    scale(this.#pathOfShape, 1 - shapePath);
    addTo(this.#pathOfShape, step, Math.sqrt(shapePath * (2 - shapePath) * selection));
    const usual = Math.sqrt(this.#size) * (1 - 1 / (4 * this.#size) + 1 / (21 * this.#size ** 2));
    const length = Math.sqrt(this.#pathOfSpread.reduce((sum, value) => sum + value * value, 0));
    this.#spread *= Math.exp(Math.min(0.3, (spreadPath / damping) * (length / usual - 1)));
  }

  #reshape(steps: readonly Float64Array[]): void {
    const { rankOne, rankMany } = this.#rates;
    const kept = Math.sqrt(1 - rankOne - rankMany);
    for (const row of this.#root) scale(row, kept);
    this.#addOuter(this.#pathOfShape, rankOne);
    for (const [rank, step] of steps.entries()) this.#addOuter(step, rankMany * (this.#weights[rank] ?? 0));
  }

  /** The root of covariance + weight · vector · vectorᵀ, by Givens rotations. */
  #addOuter(vector: Float64Array, weight: number): void {
    const rest = vector.map((value) => value * Math.sqrt(weight));
    for (let column = 0; column < this.#size; column += 1) {
      const diagonal = this.#root[column]?.[column] ?? 1;
      const value = rest[column] ?? 0;
      const radius = Math.hypot(diagonal, value);
      const cosine = diagonal / radius;
      const sine = value / radius;
      for (let row = column; row < this.#size; row += 1) {
        const values = this.#root[row];
        if (values === undefined) continue;
        const old = values[column] ?? 0;
        const other = rest[row] ?? 0;
        values[column] = cosine * old + sine * other;
        rest[row] = cosine * other - sine * old;
      }
    }
  }

  #shaped(draw: Float64Array): Float64Array {
    return Float64Array.from(this.#root, (row) => {
      let sum = 0;
      for (let at = 0; at < row.length; at += 1) sum += (row[at] ?? 0) * (draw[at] ?? 0);
      return sum;
    });
  }
}

interface Rates {
  /** How many candidates the weighted better half counts as. */
  readonly selection: number;
  readonly spreadPath: number;
  readonly damping: number;
  readonly shapePath: number;
  readonly rankOne: number;
  readonly rankMany: number;
}

/** The tutorial's defaults. */
function ratesOf(size: number, weights: readonly number[]): Rates {
  const selection = 1 / weights.reduce((sum, weight) => sum + weight * weight, 0);
  const spreadPath = (selection + 2) / (size + selection + 5);
  const rankOne = 2 / ((size + 1.3) ** 2 + selection);
  return {
    selection,
    spreadPath,
    damping: 1 + 2 * Math.max(0, Math.sqrt((selection - 1) / (size + 1)) - 1) + spreadPath,
    shapePath: (4 + selection / size) / (size + 4 + (2 * selection) / size),
    rankOne,
    rankMany: Math.min(1 - rankOne, (2 * (selection - 2 + 1 / selection)) / ((size + 2) ** 2 + selection)),
  };
}

/** Logarithmic weights of the better half, which add up to 1. */
function weightsOf(population: number): number[] {
  const half = Math.floor(population / 2);
  const raw = Array.from({ length: half }, (_, rank) => Math.log(half + 0.5) - Math.log(rank + 1));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return raw.map((weight) => weight / sum);
}

function addTo(target: Float64Array, vector: Float64Array, factor: number): void {
  for (let at = 0; at < target.length; at += 1) target[at] = (target[at] ?? 0) + factor * (vector[at] ?? 0);
}

function scale(vector: Float64Array, factor: number): void {
  for (let at = 0; at < vector.length; at += 1) vector[at] = (vector[at] ?? 0) * factor;
}
