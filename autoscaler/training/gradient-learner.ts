import { aimOf, softplusSlope, TOLERANCE_SCALE } from '../../shared/policy/history-network.ts';
import type { Standing } from '../../shared/policy/history-network.ts';
import type { DenseLayer } from '../../shared/policy/dense-layer.ts';
import type { RandomStream } from '../../shared/workload/random-stream.ts';
import { Adam } from './adam.ts';
import type { AdamState } from './adam.ts';
import { standardise } from './experience.ts';
import type { Experience } from './experience.ts';
import { PlainNetwork } from './plain-network.ts';
import { PoolChoice } from './pool-choice.ts';
import { huberSlope } from './q-trainer.ts';

export interface GradientLearnerSettings {
  /** Units of both hidden layers, of the policy and of its judge. */
  readonly policyUnits: number;
  readonly judgeUnits: number;
  /** How often the same experience is learned from, and rows of it to one step of the weights. */
  readonly passes: number;
  readonly batchRows: number;
  /** A choice is not made more, or less, likely than so much before its experience is out of date. */
  readonly ratioLimit: number;
  /** What the newest weights count in the average that is the result, at least. */
  readonly newestWeight: number;
}

/** What a learner needs to go on. Plain data. */
export interface GradientLearnerState {
  readonly updates: number;
  readonly policy: readonly number[];
  readonly judge: readonly number[];
  readonly average: readonly number[];
  readonly policyAdam: AdamState;
  readonly judgeAdam: AdamState;
}

/** Step sizes of Adam; the judge's is a little larger. */
export interface LearningRates {
  readonly policy: number;
  readonly judge: number;
}

/** Layers to set out from that have another shape than those that are learned. */
export class OtherLayers extends Error {
  override readonly name = 'OtherLayers';
  constructor(expected: number, got: number) {
    super(`Expected layers of ${String(expected)} weights and biases; got ${String(got)}.`);
  }
}

/** The gradients of policy and judge are shortened to these lengths. */
const MOST_POLICY_NORM = 0.5;
const MOST_JUDGE_NORM = 2;
/** A policy that does nothing by its inputs aims at this, in √load: a pool that suits `paper-random`. */
const FIRST_AIM = 1.3;

/**
 * Proximal policy optimisation (Schulman et al. 2017): choices that went better than a judge expected are made more
 * likely, others less. The judge sees the future; the policy does not.
 */
export class GradientLearner {
  readonly policy: PlainNetwork;
  readonly judge: PlainNetwork;
  readonly #settings: GradientLearnerSettings;
  readonly #average: Float64Array;
  readonly #policyAdam: Adam;
  readonly #judgeAdam: Adam;
  readonly #choice = new PoolChoice();
  #updates = 0;

  /** @param widths of what the policy sees, and of what its judge sees */
  constructor(
    settings: GradientLearnerSettings,
    widths: { readonly policy: number; readonly judge: number },
    stream: RandomStream,
  ) {
    this.#settings = settings;
    const { policyUnits, judgeUnits } = settings;
    this.policy = drawnNetwork([widths.policy, policyUnits, policyUnits, 2], 0.02, stream);
    this.judge = drawnNetwork([widths.judge, judgeUnits, judgeUnits, 1], 0.1, stream);
    const { parameters } = this.policy;
    parameters[parameters.length - 2] = FIRST_AIM;
    this.#average = Float64Array.from(parameters);
    this.#policyAdam = new Adam(parameters.length, MOST_POLICY_NORM);
    this.#judgeAdam = new Adam(this.judge.parameters.length, MOST_JUDGE_NORM);
  }

  /** Sets out from a policy that was learned before; throws `OtherLayers` where it is of another shape. */
  startFrom(layers: readonly DenseLayer[]): void {
    const { parameters } = new PlainNetwork(layers);
    if (parameters.length !== this.#average.length)
      throw new OtherLayers(this.#average.length, parameters.length);
    this.policy.parameters.set(parameters);
    this.#average.set(parameters);
  }

  /** The result so far: an average of the policies of late, less noisy than any one of them. */
  averageLayers(): DenseLayer[] {
    const network = new PlainNetwork(this.policy.layers());
    network.parameters.set(this.#average);
    return network.layers();
  }

  /**
   * @param spread with which the experience was gathered
   * @param stream shuffles it
   */
  learn(experience: Experience, spread: number, rates: LearningRates, stream: RandomStream): void {
    const { passes, batchRows, newestWeight } = this.#settings;
    standardise(experience);
    const rows = Array.from({ length: experience.steps }, (_, row) => row);
    const policyGradient = new Float64Array(this.policy.parameters.length);
    const judgeGradient = new Float64Array(this.judge.parameters.length);
    for (let pass = 0; pass < passes; pass += 1) {
      shuffle(rows, stream);
      for (let from = 0; from + batchRows / 2 < rows.length || from === 0; from += batchRows) {
        const batch = rows.slice(from, from + batchRows);
        this.policyGradient(experience, batch, spread, policyGradient);
        this.judgeGradient(experience, batch, judgeGradient);
        this.#policyAdam.descend(this.policy.parameters, policyGradient, rates.policy);
        this.#judgeAdam.descend(this.judge.parameters, judgeGradient, 1.5 * rates.judge + 3e-4);
      }
    }
    this.#updates += 1;
    const weight = Math.max(newestWeight, 1 / this.#updates);
    for (const [at, value] of this.policy.parameters.entries()) {
      this.#average[at] = (1 - weight) * (this.#average[at] ?? 0) + weight * value;
    }
  }

  /** Writes the slope of the loss in each weight of the policy; returns the loss, the mean over a batch. */
  policyGradient(
    experience: Experience,
    batch: readonly number[],
    spread: number,
    gradient: Float64Array,
  ): number {
    const { ratioLimit } = this.#settings;
    const slope = new Float64Array(2);
    let loss = 0;
    gradient.fill(0);
    for (const row of batch) {
      const standing = standingAt(experience, row);
      const outputs = this.policy.forward(experience.inputs, row * experience.width);
      const change = experience.changes[row] ?? 0;
      this.#choice.set(aimOf(outputs, standing), rangeAt(experience, row), spread * standing.scale);
      const advantage = experience.advantages[row] ?? 0;
      const ratio = this.#choice.probability(change) / Math.exp(experience.logProbabilities[row] ?? 0);
      const isOutOfDate = advantage > 0 ? ratio > 1 + ratioLimit : ratio < 1 - ratioLimit;
      loss -= (advantage * (isOutOfDate ? limited(ratio, ratioLimit) : ratio)) / batch.length;
      if (isOutOfDate) continue;
      const share = (-advantage * ratio * standing.scale) / batch.length;
      const slopes = this.#choice.slopes(change);
      slope[0] = share * slopes.change;
      slope[1] = share * slopes.tolerance * TOLERANCE_SCALE * softplusSlope(outputs[1] ?? 0);
      this.policy.backward(slope, gradient);
    }
    return loss;
  }

  /** Writes the slope of the loss in each weight of the judge. */
  judgeGradient(experience: Experience, batch: readonly number[], gradient: Float64Array): void {
    const slope = new Float64Array(1);
    gradient.fill(0);
    for (const row of batch) {
      const [value = 0] = this.judge.forward(experience.inputs, row * experience.width);
      slope[0] = huberSlope(value - (experience.returns[row] ?? 0)) / batch.length;
      this.judge.backward(slope, gradient);
    }
  }

  state(): GradientLearnerState {
    return {
      updates: this.#updates,
      policy: Array.from(this.policy.parameters),
      judge: Array.from(this.judge.parameters),
      average: Array.from(this.#average),
      policyAdam: this.#policyAdam.state(),
      judgeAdam: this.#judgeAdam.state(),
    };
  }

  restore(state: GradientLearnerState): void {
    this.#updates = state.updates;
    this.policy.parameters.set(state.policy);
    this.judge.parameters.set(state.judge);
    this.#average.set(state.average);
    this.#policyAdam.restore(state.policyAdam);
    this.#judgeAdam.restore(state.judgeAdam);
  }
}

function standingAt({ workers, loads, scales }: Experience, row: number): Standing {
  return { workers: workers[row] ?? 0, load: loads[row] ?? 0, scale: scales[row] ?? 1 };
}

function rangeAt({ fewest, most }: Experience, row: number): { fewest: number; most: number } {
  return { fewest: fewest[row] ?? 0, most: most[row] ?? 0 };
}

function limited(ratio: number, limit: number): number {
  return Math.min(1 + limit, Math.max(1 - limit, ratio));
}

/** Fisher and Yates. */
function shuffle(rows: number[], stream: RandomStream): void {
  for (let last = rows.length - 1; last > 0; last -= 1) {
    const other = stream.integer(0, last);
    const row = rows[last] ?? 0;
    rows[last] = rows[other] ?? 0;
    rows[other] = row;
  }
}

/** Layers of tanh with a linear end; biases are 0. */
function drawnNetwork(sizes: readonly number[], endSpread: number, stream: RandomStream): PlainNetwork {
  return new PlainNetwork(
    sizes.slice(1).map((outputs, index) => {
      const inputs = sizes[index] ?? 1;
      const isEnd = index === sizes.length - 2;
      const spread = isEnd ? endSpread : 1 / Math.sqrt(inputs);
      return {
        activation: isEnd ? 'linear' : 'tanh',
        weights: Array.from({ length: outputs }, () =>
          Array.from({ length: inputs }, () => spread * stream.normal()),
        ),
        biases: Array.from({ length: outputs }, () => 0),
      };
    }),
  );
}
