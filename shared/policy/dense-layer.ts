export type Activation = 'tanh' | 'relu' | 'linear';

export const ACTIVATIONS: readonly Activation[] = ['tanh', 'relu', 'linear'];

/** A layer of a dense network: outputs = activation(weights · inputs + biases). */
export interface DenseLayer {
  readonly activation: Activation;
  /** One row an output, one column an input. */
  readonly weights: readonly (readonly number[])[];
  readonly biases: readonly number[];
}

/** What a dense network makes of its inputs. */
export function forward(layers: readonly DenseLayer[], inputs: readonly number[]): readonly number[] {
  let values = inputs;
  for (const layer of layers) values = outputsOf(layer, values);
  return values;
}

/** A network that is ready to be asked. */
export type NetworkRun = (inputs: readonly number[]) => readonly number[];

/** Makes networks ready to be asked: the pure forward pass, or TensorFlow.js, which says the same to 1e-4. */
export type NetworkEngine = (layers: readonly DenseLayer[]) => NetworkRun;

export const pureEngine: NetworkEngine = (layers) => (inputs) => forward(layers, inputs);

function outputsOf({ activation, weights, biases }: DenseLayer, inputs: readonly number[]): number[] {
  const outputs: number[] = [];
  for (let output = 0; output < biases.length; output += 1) {
    const row = weights[output] ?? [];
    let sum = biases[output] ?? 0;
    for (let input = 0; input < row.length; input += 1) sum += (row[input] ?? 0) * (inputs[input] ?? 0);
    outputs.push(activate(activation, sum));
  }
  return outputs;
}

export function activate(activation: Activation, value: number): number {
  if (activation === 'tanh') return Math.tanh(value);
  return activation === 'relu' ? Math.max(0, value) : value;
}

/** Slope of an activation where it has put out a value. */
export function slopeAt(activation: Activation, value: number): number {
  if (activation === 'tanh') return 1 - value * value;
  return activation === 'linear' || value > 0 ? 1 : 0;
}
