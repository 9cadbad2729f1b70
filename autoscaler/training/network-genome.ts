import type { DenseLayer } from '../../shared/policy/dense-layer.ts';
import { NETWORK_INPUTS } from '../../shared/policy/network-inputs.ts';
import type { NetworkModel } from '../../shared/policy/network.ts';
import { RandomStream } from '../../shared/workload/random-stream.ts';

/** What is fixed before a search begins. */
export interface GenomePlan {
  readonly announced: boolean;
  readonly stepLimit: number;
  /** Units in the hidden layer; 0 for none: outputs that are linear in the inputs. */
  readonly hidden: number;
  /** For the weights of the hidden layer from which the search sets out. */
  readonly seed: number;
}

/** The planner's own constants, which come first in a genome. */
export const CONSTANTS = 11;

const ANNOUNCED_ONLY = ['loadInSteps', 'highestLoad', 'lowestLoad'];

function inputsOf({ announced }: GenomePlan) {
  if (announced) return NETWORK_INPUTS.filter(({ name }) => name !== 'meanLoad');
  return NETWORK_INPUTS.filter(({ name }) => !ANNOUNCED_ONLY.some((prefix) => name.startsWith(prefix)));
}

export function genomeLength(plan: GenomePlan): number {
  const inputs = inputsOf(plan).length;
  if (plan.hidden === 0) return CONSTANTS + 2 * (inputs + 1);
  return CONSTANTS + plan.hidden * (inputs + 1) + 2 * (plan.hidden + 1);
}

/**
 * The model that a vector of numbers near 0 stands for. Constants that must be positive are exponentials; 0 stands for
 * what was found by hand, and a network of zeros adds nothing to them.
 */
export function modelOf(genome: readonly number[], plan: GenomePlan): NetworkModel {
  const at = (index: number): number => genome[index] ?? 0;
  return {
    outlook: {
      horizonSteps: 7,
      stepSeconds: 8,
      assumedServiceSeconds: 1.5,
      slowShare: Math.min(1, Math.max(0, 0.5 + at(7) / 2)),
      peakShare: Math.min(1, Math.max(0, 0.1 + at(8) / 2)),
      meanShare: Math.min(1, Math.max(0, 0.8 + at(9) / 2)),
      usualLoad: 7,
      usualShare: Math.min(1, Math.max(0, 0.6 + at(10) / 2)),
    },
    prices: {
      safetyNow: (plan.announced ? 0.7 : 1.05) + at(0),
      safetyLater: (plan.announced ? 0.5 : 1.05) + at(1),
      softness: Math.exp(at(2) / 2),
      shortagePrice: 4 * Math.exp(at(3)),
      changePrice: 0.5 * Math.exp(at(4)),
      backlogShare: 0.5 * Math.exp(at(5)),
      startSeconds: 5.5 * Math.exp(at(6) / 2),
    },
    stepLimit: plan.stepLimit,
    inputs: inputsOf(plan),
    layers: layersOf(genome, plan),
  };
}

function layersOf(genome: readonly number[], plan: GenomePlan): DenseLayer[] {
  if (genome.length <= CONSTANTS) return [];
  const stream = new RandomStream(plan.seed, 'firstWeights');
  const inputs = inputsOf(plan).length;
  let next = CONSTANTS;
  const take = (): number => genome[next++] ?? 0;
  if (plan.hidden === 0) {
    const weights = [0, 1].map(() => Array.from({ length: inputs }, () => take() / 2));
    return [{ activation: 'linear', weights, biases: [0, 1].map(() => take() / 4) }];
  }
  const perInput = 1 / Math.sqrt(inputs);
  const hidden: number[][] = [];
  for (let row = 0; row < plan.hidden; row += 1) {
    hidden.push(Array.from({ length: inputs }, () => perInput * (stream.normal() + 2 * take())));
  }
  const hiddenBiases = Array.from({ length: plan.hidden }, take);
  const outputs = [0, 1].map(() => Array.from({ length: plan.hidden }, () => take() / 2));
  const outputBiases = [0, 1].map(() => take() / 4);
  return [
    { activation: 'tanh', weights: hidden, biases: hiddenBiases },
    { activation: 'linear', weights: outputs, biases: outputBiases },
  ];
}

/** The genome that stands for a model: where a search sets out from what was learned before. */
export function genomeOf({ outlook, prices, layers }: NetworkModel, plan: GenomePlan): number[] {
  const genome = [
    prices.safetyNow - (plan.announced ? 0.7 : 1.05),
    prices.safetyLater - (plan.announced ? 0.5 : 1.05),
    2 * Math.log(prices.softness),
    Math.log(prices.shortagePrice / 4),
    Math.log(prices.changePrice / 0.5),
    Math.log(prices.backlogShare / 0.5),
    2 * Math.log(prices.startSeconds / 5.5),
    2 * (outlook.slowShare - 0.5),
    2 * (outlook.peakShare - 0.1),
    2 * (outlook.meanShare - 0.8),
    2 * (outlook.usualShare - 0.6),
  ];
  const [hidden, output] = layers;
  if (hidden === undefined) return genome;
  if (output === undefined) {
    for (const row of hidden.weights) genome.push(...row.map((weight) => 2 * weight));
    return [...genome, ...hidden.biases.map((bias) => 4 * bias)];
  }
  const stream = new RandomStream(plan.seed, 'firstWeights');
  const perInput = 1 / Math.sqrt(inputsOf(plan).length);
  for (const row of hidden.weights) {
    for (const weight of row) genome.push((weight / perInput - stream.normal()) / 2);
  }
  genome.push(...hidden.biases);
  for (const row of output.weights) genome.push(...row.map((weight) => 2 * weight));
  genome.push(...output.biases.map((bias) => 4 * bias));
  return genome;
}
