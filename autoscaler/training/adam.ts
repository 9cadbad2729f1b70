/** Adam's constants (Kingma and Ba 2015), and TensorFlow.js's own epsilon. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

/** Steps, then the running means of the slopes and of their squares. Plain data. */
export type AdamState = readonly (readonly number[])[];

/** Descends along gradients that are shortened to a length. */
export class Adam {
  readonly #mean: Float64Array;
  readonly #variance: Float64Array;
  readonly #maxNorm: number;
  #steps = 0;

  constructor(parameters: number, maxNorm: number) {
    this.#mean = new Float64Array(parameters);
    this.#variance = new Float64Array(parameters);
    this.#maxNorm = maxNorm;
  }

  descend(parameters: Float64Array, gradient: Float64Array, learningRate: number): void {
    this.#steps += 1;
    let square = 0;
    for (const slope of gradient) square += slope * slope;
    const shorten = Math.min(1, this.#maxNorm / Math.max(1e-12, Math.sqrt(square)));
    const meanBias = 1 - ADAM.beta1 ** this.#steps;
    const varianceBias = 1 - ADAM.beta2 ** this.#steps;
    for (let index = 0; index < parameters.length; index += 1) {
      const slope = (gradient[index] ?? 0) * shorten;
      const mean = ADAM.beta1 * (this.#mean[index] ?? 0) + (1 - ADAM.beta1) * slope;
      const variance = ADAM.beta2 * (this.#variance[index] ?? 0) + (1 - ADAM.beta2) * slope * slope;
      this.#mean[index] = mean;
      this.#variance[index] = variance;
      const step = mean / meanBias / (Math.sqrt(variance / varianceBias) + ADAM.epsilon);
      parameters[index] = (parameters[index] ?? 0) - learningRate * step;
    }
  }

  state(): AdamState {
    return [[this.#steps], Array.from(this.#mean), Array.from(this.#variance)];
  }

  restore(state: AdamState): void {
    this.#steps = state[0]?.[0] ?? 0;
    this.#mean.set(state[1] ?? []);
    this.#variance.set(state[2] ?? []);
  }
}
