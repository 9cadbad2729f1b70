import { activate, slopeAt } from '../../shared/policy/dense-layer.ts';
import type { Activation, DenseLayer } from '../../shared/policy/dense-layer.ts';

/** Where a layer stands among the parameters of a network. */
export interface Place {
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: Activation;
  /** Where its weights begin (row after row, one row an output), and its biases. */
  readonly weightsAt: number;
  readonly biasesAt: number;
}

interface Layer extends Place {
  /** What it last put out. */
  readonly values: Float64Array;
  /** Slope of the loss with respect to that. */
  readonly slopes: Float64Array;
}

/** A dense network over one flat array of parameters, with its gradient. */
export class PlainNetwork {
  readonly parameters: Float64Array;
  readonly outputs: number;
  readonly #inputs: Float64Array;
  readonly #places: readonly Layer[];

  constructor(layers: readonly DenseLayer[]) {
    let at = 0;
    this.#places = layers.map(({ weights, biases, activation }) => {
      const [inputs, outputs] = [weights[0]?.length ?? 0, biases.length];
      const place = { inputs, outputs, activation };
      const [weightsAt, biasesAt] = [at, at + inputs * outputs];
      at = biasesAt + outputs;
      const [values, slopes] = [new Float64Array(outputs), new Float64Array(outputs)];
      return { ...place, weightsAt, biasesAt, values, slopes };
    });
    this.parameters = Float64Array.from(
      layers.flatMap(({ weights, biases }) => [...weights.flat(), ...biases]),
    );
    this.#inputs = new Float64Array(this.#places[0]?.inputs ?? 0);
    this.outputs = this.#places.at(-1)?.outputs ?? 0;
  }

  /** Its layers, from the inputs on. */
  get places(): readonly Place[] {
    return this.#places;
  }

  /** The outputs for the inputs that stand in `vector` from `start` on; valid until the next call. */
  forward(vector: ArrayLike<number>, start: number): Float64Array {
    for (let input = 0; input < this.#inputs.length; input += 1) {
      this.#inputs[input] = vector[start + input] ?? 0;
    }
    let before = this.#inputs;
    for (const place of this.#places) {
      this.#layer(place, before);
      before = place.values;
    }
    return before;
  }

  /** Adds the gradient of the last `forward` to `gradient`, given the slope of the loss in each output. */
  backward(slope: Float64Array, gradient: Float64Array): void {
    this.#places.at(-1)?.slopes.set(slope);
    for (let index = this.#places.length - 1; index >= 0; index -= 1) {
      const place = this.#places[index];
      const lower = this.#places[index - 1];
      if (place === undefined) return;
      lower?.slopes.fill(0);
      this.#layerBack(place, lower, gradient);
    }
  }

  layers(): DenseLayer[] {
    return this.#places.map(({ inputs, outputs, activation, weightsAt, biasesAt }) => ({
      activation,
      weights: Array.from({ length: outputs }, (_, output) =>
        Array.from(this.parameters.subarray(weightsAt + output * inputs, weightsAt + (output + 1) * inputs)),
      ),
      biases: Array.from(this.parameters.subarray(biasesAt, biasesAt + outputs)),
    }));
  }

  #layer(place: Layer, before: Float64Array): void {
    const { outputs, activation, values } = place;
    let output = 0;
    for (; output + 4 <= outputs; output += 4) this.#fourSums(place, before, output);
    for (; output < outputs; output += 1) {
      values[output] = this.#sum(place, before, output);
    }
    for (output = 0; output < outputs; output += 1) {
      values[output] = activate(activation, values[output] ?? 0);
    }
  }

  /** Four sums at a time do not wait for each other. Each is added up in the order of its inputs, from its bias on. */
  #fourSums({ inputs, weightsAt, biasesAt, values }: Layer, before: Float64Array, output: number): void {
    const { parameters } = this;
    const row = weightsAt + output * inputs;
    const bias = biasesAt + output;
    let first = parameters[bias] ?? 0;
    let second = parameters[bias + 1] ?? 0;
    let third = parameters[bias + 2] ?? 0;
    let fourth = parameters[bias + 3] ?? 0;
    for (let input = 0; input < inputs; input += 1) {
      const value = before[input] ?? 0;
      const at = row + input;
      first += (parameters[at] ?? 0) * value;
      second += (parameters[at + inputs] ?? 0) * value;
      third += (parameters[at + 2 * inputs] ?? 0) * value;
      fourth += (parameters[at + 3 * inputs] ?? 0) * value;
    }
    values[output] = first;
    values[output + 1] = second;
    values[output + 2] = third;
    values[output + 3] = fourth;
  }

  #sum({ inputs, weightsAt, biasesAt }: Place, before: Float64Array, output: number): number {
    const { parameters } = this;
    let sum = parameters[biasesAt + output] ?? 0;
    const row = weightsAt + output * inputs;
    for (let input = 0; input < inputs; input += 1) {
      sum += (parameters[row + input] ?? 0) * (before[input] ?? 0);
    }
    return sum;
  }

  #layerBack(place: Layer, lower: Layer | undefined, gradient: Float64Array): void {
    const { outputs, activation, biasesAt, values, slopes } = place;
    for (let output = 0; output < outputs; output += 1) {
      const slope = (slopes[output] ?? 0) * slopeAt(activation, values[output] ?? 0);
      if (slope === 0) continue;
      gradient[biasesAt + output] = (gradient[biasesAt + output] ?? 0) + slope;
      this.#rowBack(place, lower, { output, slope, gradient });
    }
  }

  #rowBack(
    { inputs, weightsAt }: Place,
    lower: Layer | undefined,
    { output, slope, gradient }: { output: number; slope: number; gradient: Float64Array },
  ): void {
    const { parameters } = this;
    const row = weightsAt + output * inputs;
    const before = lower?.values ?? this.#inputs;
    for (let input = 0; input < inputs; input += 1) {
      gradient[row + input] = (gradient[row + input] ?? 0) + slope * (before[input] ?? 0);
    }
    if (lower === undefined) return;
    for (let input = 0; input < inputs; input += 1) {
      lower.slopes[input] = (lower.slopes[input] ?? 0) + slope * (parameters[row + input] ?? 0);
    }
  }
}
