import type { DenseLayer } from '../../shared/policy/dense-layer.ts';
import { Adam } from './adam.ts';
import { PlainNetwork } from './plain-network.ts';
import { huberLoss, huberSlope, OtherBackend } from './q-trainer.ts';
import type { QTrainer, QTrainerSettings, QTrainerState } from './q-trainer.ts';
import type { Batch } from './replay-memory.ts';

/** Double DQN on plain arrays: no package needed, and several times faster than TensorFlow.js for networks this small. */
export class PlainTrainer implements QTrainer {
  readonly backend = 'plain';
  readonly #settings: QTrainerSettings;
  readonly #online: PlainNetwork;
  readonly #target: PlainNetwork;
  readonly #gradient: Float64Array;
  readonly #adam: Adam;

  constructor(layers: readonly DenseLayer[], settings: QTrainerSettings) {
    this.#settings = settings;
    this.#online = new PlainNetwork(layers);
    this.#target = new PlainNetwork(layers);
    const count = this.#online.parameters.length;
    this.#gradient = new Float64Array(count);
    this.#adam = new Adam(count, settings.maxGradientNorm);
  }

  learn(batch: Batch, learningRate: number): number {
    const loss = this.gradientOf(batch, this.#gradient);
    this.#adam.descend(this.#online.parameters, this.#gradient, learningRate);
    return loss;
  }

  moveTarget(share: number): void {
    const { parameters } = this.#target;
    for (let index = 0; index < parameters.length; index += 1) {
      const before = parameters[index] ?? 0;
      parameters[index] = before + share * ((this.#online.parameters[index] ?? 0) - before);
    }
  }

  layers(): readonly DenseLayer[] {
    return this.#online.layers();
  }

  async state(): Promise<QTrainerState> {
    return {
      backend: this.backend,
      online: this.#online.layers(),
      target: this.#target.layers(),
      optimiser: this.#adam.state(),
    };
  }

  async restore({ backend, online, target, optimiser }: QTrainerState): Promise<void> {
    if (backend !== this.backend) throw new OtherBackend(this.backend, backend);
    this.#online.parameters.set(new PlainNetwork(online).parameters);
    this.#target.parameters.set(new PlainNetwork(target).parameters);
    this.#adam.restore(optimiser);
  }

  dispose(): void {
    // Nothing is held outside JavaScript's memory.
  }

  /** Mean loss over a batch; the gradient, not shortened, is written into `gradient`. */
  gradientOf(batch: Batch, gradient: Float64Array): number {
    gradient.fill(0);
    let loss = 0;
    const slope = new Float64Array(this.#online.outputs);
    for (let row = 0; row < batch.size; row += 1) {
      const goal = this.#goal(batch, row);
      const values = this.#online.forward(batch.states, row * batch.stateSize);
      const action = batch.actions[row] ?? 0;
      const error = (values[action] ?? 0) - goal;
      loss += huberLoss(error) / batch.size;
      slope.fill(0);
      slope[action] = huberSlope(error) / batch.size;
      this.#online.backward(slope, gradient);
    }
    return loss;
  }

  #goal(batch: Batch, row: number): number {
    const reward = batch.rewards[row] ?? 0;
    const continues = batch.continues[row] ?? 0;
    if (continues === 0) return reward;
    const at = row * batch.stateSize;
    const chosen = argmax(this.#online.forward(batch.nextStates, at));
    const value = this.#target.forward(batch.nextStates, at)[chosen] ?? 0;
    return reward + this.#settings.gamma * continues * value;
  }
}

function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < values.length; index += 1) {
    if ((values[index] ?? 0) > (values[best] ?? 0)) best = index;
  }
  return best;
}
