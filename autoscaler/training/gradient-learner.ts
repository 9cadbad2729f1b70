import type { DenseLayer } from '../../shared/policy/dense-layer.ts';
import { Adam } from './adam.ts';
import type { AdamState } from './adam.ts';
import type { GradientNetworks, GradientUnits } from './gradient-networks.ts';
import type { Gradients } from './gradient-sums.ts';
import { PlainNetwork } from './plain-network.ts';

export interface GradientLearnerSettings extends GradientUnits {
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

/** A part of a pass through the experience: which one, from 0 on, of how many. */
export interface Batch {
  readonly number: number;
  readonly of: number;
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
  #updates = 0;

  constructor(settings: GradientLearnerSettings, { policy, judge }: GradientNetworks) {
    this.#settings = settings;
    this.policy = policy;
    this.judge = judge;
    this.#average = Float64Array.from(policy.parameters);
    this.#policyAdam = new Adam(policy.parameters.length, MOST_POLICY_NORM);
    this.#judgeAdam = new Adam(judge.parameters.length, MOST_JUDGE_NORM);
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
   * Learns from experience that others keep, in steps of about `batchRows` of its rows.
   *
   * @param steps rows of it
   * @param gradientsOf what each share of the experience says of a batch, by the parameters as they are then
   */
  async learn(
    steps: number,
    rates: LearningRates,
    gradientsOf: (batch: Batch) => Promise<readonly Gradients[]>,
  ): Promise<void> {
    const { passes, batchRows, newestWeight } = this.#settings;
    const batches = Math.max(1, Math.round(steps / batchRows));
    for (let batch = 0; batch < passes * batches; batch += 1) {
      const shares = await gradientsOf({ number: batch % batches, of: batches });
      const rows = shares.reduce((sum, share) => sum + share.rows, 0);
      const policy = meanOf(shares, rows, ({ policy }) => policy);
      const judge = meanOf(shares, rows, ({ judge }) => judge);
      this.#policyAdam.descend(this.policy.parameters, policy, rates.policy);
      this.#judgeAdam.descend(this.judge.parameters, judge, 1.5 * rates.judge + 3e-4);
    }
    this.#updates += 1;
    const weight = Math.max(newestWeight, 1 / this.#updates);
    for (const [at, value] of this.policy.parameters.entries()) {
      this.#average[at] = (1 - weight) * (this.#average[at] ?? 0) + weight * value;
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

/** Added up in the order of the shares, whoever was first. */
function meanOf(
  shares: readonly Gradients[],
  rows: number,
  of: (share: Gradients) => Float64Array,
): Float64Array {
  const mean = new Float64Array(shares[0] === undefined ? 0 : of(shares[0]).length);
  for (const share of shares) {
    for (const [at, slope] of of(share).entries()) mean[at] = (mean[at] ?? 0) + slope / Math.max(1, rows);
  }
  return mean;
}
