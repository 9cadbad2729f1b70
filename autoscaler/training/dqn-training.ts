import { forward } from '../../shared/policy/dense-layer.ts';
import type { DenseLayer } from '../../shared/policy/dense-layer.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { qNetwork, scaled } from '../../shared/policy/q-network.ts';
import type { QNetworkModel } from '../../shared/policy/q-network.ts';
import { RandomStream } from '../../shared/workload/random-stream.ts';
import type { LoadedTensorflow } from '../tensorflow.ts';
import { EpisodeTally } from './learner.ts';
import type { EpisodeMetrics, Learner } from './learner.ts';
import { PlainTrainer } from './plain-trainer.ts';
import { environmentOf, TRAINING_SEEDS } from './published-setup.ts';
import type { LearningSetup, RewardChoice } from './published-setup.ts';
import { drawLayers } from './q-trainer.ts';
import type { QTrainer, QTrainerState } from './q-trainer.ts';
import { emptyBatch, ReplayMemory } from './replay-memory.ts';
import type { Batch, SavedMemory } from './replay-memory.ts';
import { between, ramp } from './run-schedule.ts';
import type { SimulatedEnvironment } from './simulated-environment.ts';
import { TensorflowTrainer } from './tensorflow-trainer.ts';

export interface DqnSettings extends RewardChoice {
  readonly seed: number;
  /** Neurons of each hidden layer. */
  readonly hiddenLayers: readonly number[];
  /** Step size of Adam at the beginning and at the end. */
  readonly learningRate: number;
  readonly learningRateEnd: number;
  readonly gamma: number;
  readonly batchSize: number;
  /** Steps that are remembered. */
  readonly replayCapacity: number;
  /** Steps before the first update. */
  readonly warmupSteps: number;
  /** Steps of the environment to one update. */
  readonly trainEvery: number;
  /** Updates to one move of the target network, and how far it moves: 1 copies. */
  readonly targetUpdate: number;
  readonly targetTau: number;
  readonly maxGradNorm: number;
  /** Rewards are held within ± this. */
  readonly rewardClip: number;
  /** Share of actions by chance at the beginning and at the end, reached after a share of the run. */
  readonly epsilonStart: number;
  readonly epsilonEnd: number;
  readonly epsilonShare: number;
}

interface DqnState {
  readonly trainer: QTrainerState;
  readonly memory: SavedMemory;
  readonly updates: number;
  readonly steps: number;
}

/** Double DQN in the simulator. */
export class DqnTraining implements Learner {
  readonly backend: string;
  readonly #setup: LearningSetup;
  readonly #settings: DqnSettings;
  readonly #environment: SimulatedEnvironment;
  readonly #trainer: QTrainer;
  readonly #memory: ReplayMemory;
  readonly #batch: Batch;
  #layers: readonly DenseLayer[];
  #updates = 0;
  #steps = 0;
  #seeds: RandomStream;
  #exploration: RandomStream;
  #replay: RandomStream;

  /** @param tensorflow who computes the updates; plain arrays where it is absent */
  constructor(setup: LearningSetup, settings: DqnSettings, tensorflow: LoadedTensorflow | undefined) {
    this.#setup = setup;
    this.#settings = settings;
    this.#environment = environmentOf(setup, settings);
    const inputs = setup.schema.quantities.length;
    const sizes = [inputs, ...settings.hiddenLayers, setup.actionSpace.n];
    const layers = drawLayers(sizes, this.#stream('weights', 0));
    const rules = { ...settings, maxGradientNorm: settings.maxGradNorm };
    this.#trainer =
      tensorflow === undefined
        ? new PlainTrainer(layers, rules)
        : new TensorflowTrainer(tensorflow, layers, rules);
    this.backend = this.#trainer.backend;
    this.#layers = this.#trainer.layers();
    this.#memory = new ReplayMemory(settings.replayCapacity, inputs);
    this.#batch = emptyBatch(settings.batchSize, inputs);
    this.#seeds = this.#stream('episodes', 0);
    this.#exploration = this.#stream('exploration', 0);
    this.#replay = this.#stream('replay', 0);
  }

  beginChapter(episodes: number): void {
    this.#seeds = this.#stream('episodes', episodes);
    this.#exploration = this.#stream('exploration', episodes);
    this.#replay = this.#stream('replay', episodes);
  }

  learnEpisode(progress: number): EpisodeMetrics {
    const { epsilonStart, epsilonEnd, epsilonShare, rewardClip } = this.#settings;
    const epsilon = ramp(epsilonStart, epsilonEnd, progress / epsilonShare);
    const tally = new EpisodeTally();
    const updatesBefore = this.#updates;
    const [observation] = this.#environment.reset({ seed: this.#drawSeed() });
    let state = scaled(this.#setup.schema, observation);
    for (;;) {
      const action = this.#choose(state, epsilon);
      const [seen, reward, terminated, truncated, info] = this.#environment.step(action);
      const next = scaled(this.#setup.schema, seen);
      const clipped = Math.max(-rewardClip, Math.min(rewardClip, reward));
      this.#memory.add({ state, action, reward: clipped, next, terminated });
      tally.add({ reward, workers: info.workers, delta: info.appliedDelta });
      this.#steps += 1;
      if (this.#isDue()) tally.addLoss(this.#update(progress));
      if (terminated || truncated) return tally.metrics(info, epsilon, this.#updates - updatesBefore);
      state = next;
    }
  }

  policy(): Policy {
    const { schema, actionSpace } = this.#setup;
    return qNetwork({ name: 'dqn', schema, deltas: actionSpace.deltas, model: this.model() });
  }

  model(): QNetworkModel {
    return {
      layers: this.#layers.map(({ activation, weights, biases }) => ({
        activation,
        weights: weights.map((row) => row.map(Math.fround).map(short)),
        biases: biases.map(Math.fround).map(short),
      })),
    };
  }

  async state(): Promise<DqnState> {
    const trainer = await this.#trainer.state();
    return { trainer, memory: this.#memory.save(), updates: this.#updates, steps: this.#steps };
  }

  async restore(state: unknown): Promise<void> {
    const { trainer, memory, updates, steps } = state as DqnState;
    await this.#trainer.restore(trainer);
    this.#memory.restore(memory);
    this.#updates = updates;
    this.#steps = steps;
    this.#layers = this.#trainer.layers();
  }

  dispose(): void {
    this.#trainer.dispose();
  }

  #choose(state: readonly number[], epsilon: number): number {
    if (this.#exploration.unit() < epsilon) {
      return this.#exploration.integer(0, this.#setup.actionSpace.n - 1);
    }
    const values = forward(this.#layers, state);
    return values.indexOf(Math.max(...values));
  }

  #isDue(): boolean {
    const { warmupSteps, trainEvery } = this.#settings;
    return this.#steps >= warmupSteps && this.#steps % trainEvery === 0;
  }

  #update(progress: number): number {
    const { learningRate, learningRateEnd, targetUpdate, targetTau } = this.#settings;
    this.#memory.sample(this.#batch, this.#replay);
    const loss = this.#trainer.learn(this.#batch, between(learningRate, learningRateEnd, progress));
    this.#updates += 1;
    if (this.#updates % targetUpdate === 0) this.#trainer.moveTarget(targetTau);
    this.#layers = this.#trainer.layers();
    return loss;
  }

  #drawSeed(): number {
    return this.#seeds.integer(TRAINING_SEEDS.first, TRAINING_SEEDS.last);
  }

  #stream(name: string, episodes: number): RandomStream {
    return new RandomStream(this.#settings.seed, `dqn ${name} from ${String(episodes)}`);
  }
}

/** As many digits as 32-bit numbers have. */
function short(value: number): number {
  return Number(value.toPrecision(8));
}
