import type { DenseLayer } from '../../shared/policy/dense-layer.ts';
import type { RandomStream } from '../../shared/workload/random-stream.ts';
import type { Batch } from './replay-memory.ts';

export interface QTrainerSettings {
  /** Discount a step, from 0 to 1. */
  readonly gamma: number;
  /** Step size of Adam. */
  readonly learningRate: number;
  /** The gradient of all weights together is shortened to this length. */
  readonly maxGradientNorm: number;
}

export interface QTrainerState {
  /** Whose state it is: each backend keeps its optimiser in its own order. */
  readonly backend: string;
  readonly online: readonly DenseLayer[];
  readonly target: readonly DenseLayer[];
  readonly optimiser: readonly (readonly number[])[];
}

/** A state that another backend has saved. */
export class OtherBackend extends Error {
  override readonly name = 'OtherBackend';
  constructor(expected: string, got: string) {
    super(`Expected a state of the backend ${expected}; got one of ${got}. Go on with --backend ${got}.`);
  }
}

/** Learns the value of actions from batches. TensorFlow and plain arithmetic do the same sums. */
export interface QTrainer {
  /** Who computes: `plain`, or TensorFlow's name for its backend. */
  readonly backend: string;
  /**
   * One step of Double DQN (van Hasselt, Guez and Silver 2016): the online network chooses the next action, the target
   * network values it; Huber loss, Adam. Returns the mean loss.
   */
  learn(batch: Batch, learningRate: number): number;
  /** Moves the target network towards the online one: 1 copies it, less moves it by that share (Polyak). */
  moveTarget(share: number): void;
  /** The online network as it is now. */
  layers(): readonly DenseLayer[];
  /** Everything that has to be kept to go on. */
  state(): Promise<QTrainerState>;
  restore(state: QTrainerState): Promise<void>;
  /** Frees what it holds outside JavaScript's memory. */
  dispose(): void;
}

/** A network of ReLU layers with a linear end, drawn by He's rule; biases are 0. */
export function drawLayers(sizes: readonly number[], stream: RandomStream): DenseLayer[] {
  return sizes.slice(1).map((outputs, index) => {
    const inputs = sizes[index] ?? 1;
    const isLast = index === sizes.length - 2;
    const spread = Math.sqrt((isLast ? 1 : 2) / inputs);
    return {
      activation: isLast ? 'linear' : 'relu',
      // Rounded as TensorFlow rounds, so that every backend starts from the same weights.
      weights: Array.from({ length: outputs }, () =>
        Array.from({ length: inputs }, () => Math.fround(spread * stream.normal())),
      ),
      biases: Array.from({ length: outputs }, () => 0),
    };
  });
}

/** Slope of Huber's loss with its bend at 1. */
export function huberSlope(error: number): number {
  return Math.min(1, Math.max(-1, error));
}

export function huberLoss(error: number): number {
  const size = Math.abs(error);
  return size <= 1 ? (size * size) / 2 : size - 0.5;
}
