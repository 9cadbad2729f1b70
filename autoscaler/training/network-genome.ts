import { NETWORK_INPUTS } from '../../shared/policy/network-inputs.ts';
import type { NetworkInput } from '../../shared/policy/network-inputs.ts';
import { isOfQueue } from '../../shared/policy/network.ts';
import type { NetworkModel } from '../../shared/policy/network.ts';
import type { OutlookRules } from '../../shared/policy/outlook.ts';
import type { PlanPrices } from '../../shared/policy/plan.ts';
import type { QueuePrices } from '../../shared/policy/queue-plan.ts';

/** What is fixed before a search begins. */
export interface GenomePlan {
  readonly announced: boolean;
  readonly stepLimit: number;
}

type Constants = Record<keyof PlanPrices | keyof QueuePrices | keyof OutlookRules, number>;

/** A constant of outlook or plan that is searched for, by a number near 0. */
interface Gene {
  readonly name: keyof Constants;
  /** How far 1 goes; of factors the exponent of e. */
  readonly reach: number;
  /** Shares lie between 0 and 1, factors stay above 0. */
  readonly kind: 'sum' | 'share' | 'factor';
  /** What 0 stands for, from where every search sets out: rounded from what earlier searches came to. */
  readonly start: Start;
}

/** Where the rate is announced, and where not; undefined where the constant is not used. */
interface Start {
  readonly announced: number | undefined;
  readonly unannounced: number | undefined;
}

function gene(name: Gene['name'], kind: Gene['kind'], reach: number, start: Start): Gene {
  return { name, kind, reach, start };
}

const GENES: readonly Gene[] = [
  gene('safetyNow', 'sum', 1, { announced: 0.23, unannounced: 1 }),
  gene('safetyLater', 'sum', 1, { announced: 0.03, unannounced: 0.3 }),
  gene('softness', 'factor', 0.5, { announced: undefined, unannounced: 0.8 }),
  gene('shortagePrice', 'factor', 1, { announced: undefined, unannounced: 30 }),
  gene('missPrice', 'factor', 1, { announced: 12, unannounced: undefined }),
  gene('missPower', 'sum', 1, { announced: 1, unannounced: undefined }),
  gene('changePrice', 'factor', 1, { announced: 0.25, unannounced: 0.5 }),
  gene('backlogShare', 'factor', 1, { announced: undefined, unannounced: 1 }),
  gene('patience', 'factor', 0.5, { announced: 0.8, unannounced: undefined }),
  gene('scatter', 'factor', 0.5, { announced: 1.15, unannounced: undefined }),
  gene('waitingShare', 'factor', 1, { announced: 2, unannounced: undefined }),
  gene('lostSeconds', 'factor', 1, { announced: 2.3, unannounced: undefined }),
  gene('drainSeconds', 'factor', 1, { announced: 0.5, unannounced: undefined }),
  gene('endPrice', 'factor', 1, { announced: 1.7, unannounced: undefined }),
  gene('startSeconds', 'factor', 0.5, { announced: 6.3, unannounced: 4 }),
  gene('usualServiceShare', 'share', 0.5, { announced: 0.7, unannounced: undefined }),
  gene('spreadSeconds', 'factor', 1, { announced: 1.1, unannounced: undefined }),
  gene('slowShare', 'share', 0.5, { announced: undefined, unannounced: 0.3 }),
  gene('peakShare', 'share', 0.5, { announced: undefined, unannounced: 0.1 }),
  gene('meanShare', 'share', 0.5, { announced: undefined, unannounced: 0.7 }),
  gene('usualShare', 'share', 0.5, { announced: undefined, unannounced: 0.9 }),
  gene('firstLoadPerWorker', 'share', 0.2, { announced: undefined, unannounced: 0.55 }),
];

/** Constants that are not searched for. The usual ones are those of `paper-random`. */
const FIXED = {
  horizonSteps: 7,
  stepSeconds: 8,
  usualServiceSeconds: 1.45,
  usualLoad: 7,
} as const;

/** What stands in a file where a constant is not used. */
const UNUSED = {
  ...{ usualServiceShare: 0, spreadSeconds: 0, firstLoadPerWorker: 0 },
  ...{ slowShare: 0.5, peakShare: 0, meanShare: 0.7, usualShare: 0 },
} as const;

/** The first genes of a genome: moving both by as much makes a policy safer, or less safe, and nothing else. */
export const SAFETY_GENES = 2;

/** The genes in use, each with what 0 stands for. */
function genesOf({ announced }: GenomePlan): readonly (Gene & { readonly from: number })[] {
  return GENES.flatMap((each) => {
    const from = announced ? each.start.announced : each.start.unannounced;
    return from === undefined ? [] : [{ ...each, from }];
  });
}

/** A choice: more of them are more weights to search for among the same noise. */
const ANNOUNCED_INPUTS = [
  ...['logLoad', 'largeLoad', 'waitingPerWorker', 'lostPerWorker', 'leastSlack', 'idleShare', 'arrivedLoad'],
  ...['slowLoad', 'stepLength', 'loadInSteps1', 'loadInSteps4', 'highestLoad'],
  ...['jump', 'steadiness', 'lowestLoad'],
];
const ANNOUNCED_ONLY = ['loadInSteps', 'highestLoad', 'steepRise', 'jump', 'steadiness', 'lowestLoad'];

function inputsOf({ announced }: GenomePlan): readonly NetworkInput[] {
  if (announced) return NETWORK_INPUTS.filter(({ name }) => ANNOUNCED_INPUTS.includes(name));
  return NETWORK_INPUTS.filter(({ name }) => !ANNOUNCED_ONLY.some((prefix) => name.startsWith(prefix)));
}

/**
 * What weights stand for at 0, where that is not nothing at all: by hand, rounded, now and later. What is learned at
 * the size of `paper-random` is too safe for large loads; a jump to a multiple of the load, which nothing but `paper`
 * has, is prepared for later.
 */
const WEIGHT_STARTS: Readonly<Record<string, readonly [now: number, later: number]>> = {
  largeLoad: [-0.5, -0.3],
  jump: [0, 1.8],
  steadiness: [0.3, 0.25],
};

/** In the order of the genome: the weights of each output, then the biases. */
function weightStarts(plan: GenomePlan): number[] {
  if (!plan.announced) return [];
  const { stepLimit } = plan;
  return Array.from({ length: OUTPUTS }, (_, output) =>
    inputsOf(plan).map(({ name }) =>
      name === 'largeLoad' || stepLimit === 1 ? (WEIGHT_STARTS[name]?.[output] ?? 0) : 0,
    ),
  ).flat();
}

/** Genes that stand for constants; those of the network follow. */
export function constantsIn(plan: GenomePlan): number {
  return genesOf(plan).length;
}

export function genomeLength(plan: GenomePlan): number {
  return constantsIn(plan) + OUTPUTS * (inputsOf(plan).length + 1);
}

/** The safety to add now, and later. */
const OUTPUTS = 2;
const WEIGHT_REACH = 0.5;
const BIAS_REACH = 0.25;

/** The model that a vector of numbers near 0 stands for. Where it is too short for the network, 0 stands for the rest. */
export function modelOf(genome: readonly number[], plan: GenomePlan): NetworkModel {
  const constants = constantsOf(genome, plan);
  const { horizonSteps, stepSeconds, usualServiceSeconds, usualServiceShare, spreadSeconds } = constants;
  const { firstLoadPerWorker, slowShare, peakShare, meanShare, usualLoad, usualShare } = constants;
  return {
    outlook: {
      ...{ horizonSteps, stepSeconds, usualServiceSeconds, usualServiceShare, spreadSeconds },
      ...{ firstLoadPerWorker, slowShare, peakShare, meanShare, usualLoad, usualShare },
    },
    prices: plan.announced ? queuePricesOf(constants) : planPricesOf(constants),
    stepLimit: plan.stepLimit,
    inputs: inputsOf(plan),
    layers: layersOf(genome, plan),
  };
}

function planPricesOf(constants: Constants): PlanPrices {
  const { safetyNow, safetyLater, softness, shortagePrice, changePrice, backlogShare, startSeconds } =
    constants;
  return { safetyNow, safetyLater, softness, shortagePrice, changePrice, backlogShare, startSeconds };
}

/** Where the rate is announced, chance is all that is left: there a plan follows the work that waits. */
function queuePricesOf(constants: Constants): QueuePrices {
  const { safetyNow, safetyLater, missPrice, missPower, changePrice, patience, scatter } = constants;
  const { startSeconds, waitingShare, lostSeconds, drainSeconds, endPrice } = constants;
  return {
    ...{ safetyNow, safetyLater, missPrice, missPower, changePrice, patience, scatter },
    ...{ startSeconds, waitingShare, lostSeconds, drainSeconds, endPrice },
  };
}

/** Every genome has those that its plan uses. */
const NO_PRICES: Readonly<Record<keyof PlanPrices | keyof QueuePrices, number>> = {
  ...{ safetyNow: 0, safetyLater: 0, softness: 1, shortagePrice: 0, changePrice: 0 },
  ...{ backlogShare: 0, startSeconds: 0, missPrice: 0, missPower: 0, patience: 1, scatter: 1 },
  ...{ waitingShare: 0, lostSeconds: 0, drainSeconds: 0, endPrice: 0 },
};

function constantsOf(genome: readonly number[], plan: GenomePlan): Constants {
  const constants: Constants = { ...FIXED, ...UNUSED, ...NO_PRICES };
  for (const [at, used] of genesOf(plan).entries()) constants[used.name] = valueOf(used, genome[at] ?? 0);
  return constants;
}

type Scale = Pick<Gene, 'reach' | 'kind'> & { readonly from: number };

function valueOf({ from, reach, kind }: Scale, number: number): number {
  if (kind === 'factor') return from * Math.exp(reach * number);
  const value = from + reach * number;
  return kind === 'share' ? Math.min(1, Math.max(0, value)) : value;
}

/** What a factor of 0 is taken for, as a share of what 0 stands for: no number stands for nothing at all. */
const LEAST_FACTOR = 0.1;

function numberOf({ from, reach, kind }: Scale, value: number): number {
  if (kind === 'factor') return Math.log(Math.max(LEAST_FACTOR, value / from)) / reach;
  return (value - from) / reach;
}

function layersOf(genome: readonly number[], plan: GenomePlan): NetworkModel['layers'] {
  const inputs = inputsOf(plan).length;
  const starts = weightStarts(plan);
  let next = constantsIn(plan);
  const take = (): number => genome[next++] ?? 0;
  const weights = Array.from({ length: OUTPUTS }, (_, output) =>
    Array.from(
      { length: inputs },
      (__, input) => (starts[output * inputs + input] ?? 0) + WEIGHT_REACH * take(),
    ),
  );
  return [
    { activation: 'linear', weights, biases: Array.from({ length: OUTPUTS }, () => BIAS_REACH * take()) },
  ];
}

/**
 * The genome that stands for a model: where a search sets out from what was learned before. Inputs are matched by name;
 * those that the model does not have begin with weights of 0. Of a model that plans in another way only the outlook is
 * taken over: its safety is a safety of something else.
 */
export function genomeOf({ outlook, prices, layers, inputs }: NetworkModel, plan: GenomePlan): number[] {
  const isOfItsKind = isOfQueue(prices) === plan.announced;
  const constants: Partial<Constants> = { ...outlook, ...(isOfItsKind ? prices : {}) };
  const genome = genesOf(plan).map((used) => numberOf(used, constants[used.name] ?? used.from));
  const [layer] = layers;
  if (layer === undefined || !isOfItsKind) return genome;
  const starts = weightStarts(plan);
  for (const [output, row] of layer.weights.entries()) {
    for (const [place, { name }] of inputsOf(plan).entries()) {
      const at = inputs.findIndex((input) => input.name === name);
      const from = starts[output * inputsOf(plan).length + place] ?? 0;
      genome.push(((row[at] ?? 0) - from) / WEIGHT_REACH);
    }
  }
  return [...genome, ...layer.biases.map((bias) => bias / BIAS_REACH)];
}
