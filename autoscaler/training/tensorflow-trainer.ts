import type { AdamOptimizer, NamedTensorMap, Scalar, Tensor, Tensor2D, Variable } from '@tensorflow/tfjs';
import type { DenseLayer } from '../../shared/policy/dense-layer.ts';
import type { LoadedTensorflow } from '../tensorflow.ts';
import { ADAM } from './adam.ts';
import { OtherBackend } from './q-trainer.ts';
import type { QTrainer, QTrainerSettings, QTrainerState } from './q-trainer.ts';
import type { Batch } from './replay-memory.ts';

interface LayerVariables {
  readonly activation: DenseLayer['activation'];
  /** Inputs × outputs: TensorFlow multiplies rows of inputs from the left. */
  readonly kernel: Variable;
  readonly bias: Variable;
}

/** Double DQN on TensorFlow.js, on whichever of its backends is there. */
export class TensorflowTrainer implements QTrainer {
  readonly backend: string;
  readonly #tf: LoadedTensorflow['tf'];
  readonly #settings: QTrainerSettings;
  readonly #online: readonly LayerVariables[];
  readonly #target: readonly LayerVariables[];
  readonly #adam: AdamOptimizer;

  constructor({ tf, backend }: LoadedTensorflow, layers: readonly DenseLayer[], settings: QTrainerSettings) {
    this.#tf = tf;
    this.backend = backend;
    this.#settings = settings;
    this.#online = layers.map((layer) => this.#variablesOf(layer, true));
    this.#target = layers.map((layer) => this.#variablesOf(layer, false));
    this.#adam = tf.train.adam(settings.learningRate, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  }

  learn(batch: Batch, learningRate: number): number {
    const tf = this.#tf;
    return tf.tidy(() => {
      const states = tf.tensor2d(batch.states, [batch.size, batch.stateSize]);
      const goals = this.#goals(batch);
      const taken = tf.oneHot(tf.tensor1d(batch.actions, 'int32'), this.#actions()).toFloat();
      const loss = (): Scalar => {
        const values = this.#forward(this.#online, states).mul(taken).sum(1);
        return tf.losses.huberLoss(goals, values, undefined, 1).asScalar();
      };
      const { value, grads } = tf.variableGrads(loss, this.#trained());
      setLearningRate(this.#adam, learningRate);
      this.#adam.applyGradients(this.#shortened(grads));
      return value.dataSync()[0] ?? 0;
    });
  }

  moveTarget(share: number): void {
    this.#tf.tidy(() => {
      for (const [index, { kernel, bias }] of this.#target.entries()) {
        const online = this.#online[index];
        if (online === undefined) continue;
        kernel.assign(kernel.add(online.kernel.sub(kernel).mul(share)));
        bias.assign(bias.add(online.bias.sub(bias).mul(share)));
      }
    });
  }

  layers(): readonly DenseLayer[] {
    return layersOf(this.#online);
  }

  async state(): Promise<QTrainerState> {
    const weights = await this.#adam.getWeights();
    const optimiser = weights.map(({ tensor }) => Array.from(tensor.dataSync()));
    // Its first weight, the count of steps, was made for this call.
    weights[0]?.tensor.dispose();
    const { backend } = this;
    return { backend, online: layersOf(this.#online), target: layersOf(this.#target), optimiser };
  }

  async restore({ backend, online, target, optimiser }: QTrainerState): Promise<void> {
    const tf = this.#tf;
    if (backend !== this.backend) throw new OtherBackend(this.backend, backend);
    assign(tf, this.#online, online);
    assign(tf, this.#target, target);
    const shapes = [[1], ...[0, 1].flatMap(() => this.#trained().map(({ shape }) => shape))];
    const weights = optimiser.map((values, index) => ({
      name: String(index),
      tensor: tf.tensor([...values], index === 0 ? [] : shapes[index]),
    }));
    await this.#adam.setWeights(weights);
    // The optimiser has made variables of its own from them.
    for (const { tensor } of weights) tensor.dispose();
  }

  dispose(): void {
    for (const { kernel, bias } of [...this.#online, ...this.#target]) {
      kernel.dispose();
      bias.dispose();
    }
    this.#adam.dispose();
  }

  /** What the value of each action taken should be: reward, and what comes after unless nothing does. */
  #goals(batch: Batch): Tensor2D {
    const tf = this.#tf;
    const nextStates = tf.tensor2d(batch.nextStates, [batch.size, batch.stateSize]);
    const chosen = tf.oneHot(this.#forward(this.#online, nextStates).argMax(1).toInt(), this.#actions());
    const after = this.#forward(this.#target, nextStates).mul(chosen).sum(1);
    const continues = tf.tensor1d(batch.continues).mul(this.#settings.gamma);
    return tf.tensor1d(batch.rewards).add(after.mul(continues));
  }

  #forward(layers: readonly LayerVariables[], inputs: Tensor2D): Tensor2D {
    return layers.reduce<Tensor2D>((values, { kernel, bias, activation }) => {
      const sum = values.matMul(kernel).add<Tensor2D>(bias);
      return activation === 'relu' ? sum.relu() : sum;
    }, inputs);
  }

  /** The gradient of all weights together, no longer than it may be. */
  #shortened(gradients: NamedTensorMap): { readonly name: string; readonly tensor: Tensor }[] {
    const tf = this.#tf;
    const squares = Object.values(gradients).map((gradient) => gradient.square().sum());
    const length = tf.addN(squares).sqrt();
    const factor = tf.minimum(1, tf.div(this.#settings.maxGradientNorm, tf.maximum(length, 1e-12)));
    return Object.entries(gradients).map(([name, gradient]) => ({ name, tensor: gradient.mul(factor) }));
  }

  #trained(): Variable[] {
    return this.#online.flatMap(({ kernel, bias }) => [kernel, bias]);
  }

  #actions(): number {
    return this.#online.at(-1)?.bias.size ?? 0;
  }

  #variablesOf({ activation, weights, biases }: DenseLayer, isTrained: boolean): LayerVariables {
    const tf = this.#tf;
    return tf.tidy(() => ({
      activation,
      kernel: tf.variable(tf.tensor2d(weights.map((row) => [...row])).transpose(), isTrained),
      bias: tf.variable(tf.tensor1d([...biases]), isTrained),
    }));
  }
}

function layersOf(layers: readonly LayerVariables[]): DenseLayer[] {
  return layers.map(({ activation, kernel, bias }) => {
    const [inputs = 0, outputs = 0] = kernel.shape;
    const flat = kernel.dataSync();
    const weights = Array.from({ length: outputs }, (_, output) =>
      Array.from({ length: inputs }, (_unused, input) => flat[input * outputs + output] ?? 0),
    );
    return { activation, weights, biases: Array.from(bias.dataSync()) };
  });
}

function assign(
  tf: LoadedTensorflow['tf'],
  variables: readonly LayerVariables[],
  layers: readonly DenseLayer[],
): void {
  tf.tidy(() => {
    for (const [index, { weights, biases }] of layers.entries()) {
      variables[index]?.kernel.assign(tf.tensor2d(weights.map((row) => [...row])).transpose());
      variables[index]?.bias.assign(tf.tensor1d([...biases]));
    }
  });
}

/** Adam has no setter for it; plain SGD has. */
function setLearningRate(adam: AdamOptimizer, learningRate: number): void {
  (adam as unknown as { learningRate: number }).learningRate = learningRate;
}
