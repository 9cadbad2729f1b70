import { activate, slopeAt } from '../../shared/policy/dense-layer.ts';
import type { PlainNetwork, Place } from './plain-network.ts';

/** Rows that go through a network together: each weight is fetched once for all of them. */
export const BLOCK_ROWS = 4;

interface BlockLayer extends Place {
  /** What it last put out, row after row, and the slope of the loss in each of that. */
  readonly values: Float64Array;
  readonly slopes: Float64Array;
}

/** Rows in an array, and where each of them begins. */
interface Rows {
  readonly source: Float64Array;
  readonly first: number;
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
}

const NO_ROWS: Rows = { source: new Float64Array(0), first: 0, second: 0, third: 0, fourth: 0 };

/**
 * Sends four rows at a time through a network and its gradient back, by the parameters of that network. Every sum is
 * added up in the order in which one row after the other would have added to it, so it is the same to the last bit.
 */
export class NetworkBlock {
  readonly #parameters: Float64Array;
  readonly #layers: readonly BlockLayer[];
  #rows = NO_ROWS;

  constructor({ parameters, places }: PlainNetwork) {
    this.#parameters = parameters;
    this.#layers = places.map(({ inputs, outputs, activation, weightsAt, biasesAt }) => ({
      ...{ inputs, outputs, activation, weightsAt, biasesAt },
      values: new Float64Array(BLOCK_ROWS * outputs),
      slopes: new Float64Array(BLOCK_ROWS * outputs),
    }));
  }

  /**
   * @param starts where each of the rows begins in `source`
   * @returns the outputs, row after row; valid until the next call
   */
  forward(source: Float64Array, starts: ArrayLike<number>): Float64Array {
    const [first = 0, second = 0, third = 0, fourth = 0] = Array.from(starts);
    this.#rows = { source, first, second, third, fourth };
    let rows = this.#rows;
    for (const layer of this.#layers) {
      for (let output = 0; output < layer.outputs; output += 2) this.#twoOutputs(layer, rows, output);
      rows = rowsOf(layer);
    }
    return rows.source;
  }

  /** Adds the gradient of the last `forward` to `gradient`, given the slopes of the loss in its outputs. */
  backward(slopes: Float64Array, gradient: Float64Array): void {
    this.#layers.at(-1)?.slopes.set(slopes);
    for (let index = this.#layers.length - 1; index >= 0; index -= 1) {
      const layer = this.#layers[index];
      const lower = this.#layers[index - 1];
      if (layer === undefined) return;
      bySlopeOfActivation(layer);
      const rows = lower === undefined ? this.#rows : rowsOf(lower);
      for (let output = 0; output < layer.outputs; output += 1) weightsBack(layer, rows, output, gradient);
      if (lower !== undefined) this.#slopesBack(layer, lower);
    }
  }

  /** An output and the next one, in four rows: eight sums that do not wait for each other. */
  #twoOutputs(layer: BlockLayer, { source, first, second, third, fourth }: Rows, output: number): void {
    const parameters = this.#parameters;
    const { inputs, outputs, weightsAt, biasesAt } = layer;
    // The last one of an odd number is done twice.
    const next = Math.min(output + 1, outputs - 1);
    const [here, there] = [weightsAt + output * inputs, weightsAt + next * inputs];
    const [bias = 0, nextBias = 0] = [parameters[biasesAt + output], parameters[biasesAt + next]];
    let [a0, a1, a2, a3] = [bias, bias, bias, bias];
    let [b0, b1, b2, b3] = [nextBias, nextBias, nextBias, nextBias];
    for (let input = 0; input < inputs; input += 1) {
      const a = parameters[here + input] ?? 0;
      const b = parameters[there + input] ?? 0;
      const x0 = source[first + input] ?? 0;
      const x1 = source[second + input] ?? 0;
      const x2 = source[third + input] ?? 0;
      const x3 = source[fourth + input] ?? 0;
      a0 += a * x0;
      a1 += a * x1;
      a2 += a * x2;
      a3 += a * x3;
      b0 += b * x0;
      b1 += b * x1;
      b2 += b * x2;
      b3 += b * x3;
    }
    put(layer, output, [a0, a1, a2, a3]);
    put(layer, next, [b0, b1, b2, b3]);
  }

  /** The slopes of a layer's inputs, which are what the lower one put out. */
  #slopesBack({ inputs, outputs, weightsAt, slopes }: BlockLayer, lower: BlockLayer): void {
    const parameters = this.#parameters;
    for (let input = 0; input < inputs; input += 1) {
      let [a0, a1, a2, a3] = [0, 0, 0, 0];
      for (let output = 0; output < outputs; output += 1) {
        const weight = parameters[weightsAt + output * inputs + input] ?? 0;
        a0 += weight * (slopes[output] ?? 0);
        a1 += weight * (slopes[outputs + output] ?? 0);
        a2 += weight * (slopes[2 * outputs + output] ?? 0);
        a3 += weight * (slopes[3 * outputs + output] ?? 0);
      }
      lower.slopes[input] = a0;
      lower.slopes[inputs + input] = a1;
      lower.slopes[2 * inputs + input] = a2;
      lower.slopes[3 * inputs + input] = a3;
    }
  }
}

function rowsOf({ values, outputs }: BlockLayer): Rows {
  return { source: values, first: 0, second: outputs, third: 2 * outputs, fourth: 3 * outputs };
}

function put({ values, outputs, activation }: BlockLayer, output: number, sums: readonly number[]): void {
  for (let row = 0; row < BLOCK_ROWS; row += 1) {
    values[row * outputs + output] = activate(activation, sums[row] ?? 0);
  }
}

function bySlopeOfActivation({ slopes, values, activation }: BlockLayer): void {
  for (let at = 0; at < slopes.length; at += 1) {
    slopes[at] = (slopes[at] ?? 0) * slopeAt(activation, values[at] ?? 0);
  }
}

/** Adds what four rows say of the weights and the bias of one output. */
function weightsBack(
  { inputs, outputs, weightsAt, biasesAt, slopes }: BlockLayer,
  { source, first, second, third, fourth }: Rows,
  output: number,
  gradient: Float64Array,
): void {
  const g0 = slopes[output] ?? 0;
  const g1 = slopes[outputs + output] ?? 0;
  const g2 = slopes[2 * outputs + output] ?? 0;
  const g3 = slopes[3 * outputs + output] ?? 0;
  gradient[biasesAt + output] = (gradient[biasesAt + output] ?? 0) + g0 + g1 + g2 + g3;
  const row = weightsAt + output * inputs;
  for (let input = 0; input < inputs; input += 1) {
    let sum = gradient[row + input] ?? 0;
    sum += g0 * (source[first + input] ?? 0);
    sum += g1 * (source[second + input] ?? 0);
    sum += g2 * (source[third + input] ?? 0);
    sum += g3 * (source[fourth + input] ?? 0);
    gradient[row + input] = sum;
  }
}
