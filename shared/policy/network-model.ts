import type { Dimension } from '../control/spaces.ts';
import type { DenseLayer } from './dense-layer.ts';
import { InvalidModel, listAt, readLayer, recordAt } from './learned-models.ts';
import { NETWORK_INPUTS } from './network-inputs.ts';
import type { NetworkModel } from './network.ts';
import type { OutlookRules } from './outlook.ts';
import type { PlanPrices } from './plan.ts';
import type { QueuePrices } from './queue-plan.ts';

/** Where a number of a model has to lie, bounds included. */
type Bounds = readonly [low: number, high: number];

const OUTLOOK: Readonly<Record<keyof OutlookRules, Bounds>> = {
  horizonSteps: [1, 20],
  stepSeconds: [0.1, 3600],
  usualServiceSeconds: [0.001, 3600],
  usualServiceShare: [0, 1],
  spreadSeconds: [0, 3600],
  firstLoadPerWorker: [0, 10],
  slowShare: [0, 1],
  peakShare: [0, 1],
  meanShare: [0, 1],
  usualLoad: [0.001, 10_000],
  usualShare: [0, 1],
};

const PRICES: Readonly<Record<keyof PlanPrices, Bounds>> = {
  safetyNow: [-20, 20],
  safetyLater: [-20, 20],
  softness: [0.001, 100],
  shortagePrice: [0, 10_000],
  changePrice: [0, 1000],
  backlogShare: [0, 100],
  startSeconds: [0, 3600],
};

const QUEUE_PRICES: Readonly<Record<keyof QueuePrices, Bounds>> = {
  safetyNow: [-20, 20],
  safetyLater: [-20, 20],
  missPrice: [0, 10_000],
  missPower: [-2, 2],
  changePrice: [0, 1000],
  patience: [0, 100],
  scatter: [0, 100],
  startSeconds: [0, 3600],
  waitingShare: [0, 100],
  lostSeconds: [0, 3600],
  drainSeconds: [0, 3600],
  endPrice: [0, 10_000],
};

/** Outputs of the network: the safety to add now, and later. */
const OUTPUTS = 2;
const MOST_STEP_LIMIT = 64;

export interface NetworkSurroundings {
  readonly observations: readonly Dimension[];
  readonly stepLimit: number;
}

/** Reads the model of a policy file of kind `network`; throws `InvalidModel`, which names the field. */
export function readNetworkModel(value: unknown, around: NetworkSurroundings): NetworkModel {
  const model = recordAt('model', value, ['outlook', 'prices', 'layers']);
  const { stepLimit } = around;
  checkNumber('stepLimit', stepLimit, [1, MOST_STEP_LIMIT]);
  const outlook = readNumbers('model.outlook', model['outlook'], OUTLOOK);
  if (!Number.isInteger(outlook.horizonSteps)) {
    throw new InvalidModel('model.outlook.horizonSteps', 'a whole number', outlook.horizonSteps);
  }
  const inputs = readInputs(around.observations, NETWORK_INPUTS);
  return {
    outlook,
    prices: readPrices(model['prices']),
    stepLimit,
    inputs,
    layers: readLayers(model['layers'], inputs.length),
  };
}

/** Which plan they are of, their names tell. */
function readPrices(value: unknown): NetworkModel['prices'] {
  const isOfQueue = typeof value === 'object' && value !== null && 'patience' in value;
  if (isOfQueue) return readNumbers('model.prices', value, QUEUE_PRICES);
  return readNumbers('model.prices', value, PRICES);
}

/** The inputs that a file lists, each as the table knows it, within the file's own bounds. */
export function readInputs<Input extends Dimension>(
  observations: readonly Dimension[],
  table: readonly Input[],
): Input[] {
  return observations.map((given, index) => readInput(given, `observations[${String(index)}]`, table));
}

function readInput<Input extends Dimension>(given: Dimension, field: string, table: readonly Input[]): Input {
  const input = table.find(({ name }) => name === given.name);
  if (input === undefined) {
    const known = table.map(({ name }) => name).join(', ');
    throw new InvalidModel(`${field}.name`, `one of ${known}`, given.name);
  }
  if (given.unit !== input.unit) throw new InvalidModel(`${field}.unit`, input.unit, given.unit);
  if (!(given.low < given.high)) throw new InvalidModel(`${field}.high`, 'more than low', given.high);
  return { ...input, low: given.low, high: given.high };
}

/** Layers from so many inputs to two outputs; there may be none. */
export function readLayers(
  value: unknown,
  inputs: number,
  outputs = 'the safety now and later',
): DenseLayer[] {
  const layers: DenseLayer[] = [];
  let width = inputs;
  for (const [index, layer] of listAt('model.layers', value).entries()) {
    const read = readLayer(`model.layers[${String(index)}]`, layer, width);
    layers.push(read);
    width = read.biases.length;
  }
  if (layers.length > 0 && width !== OUTPUTS) {
    throw new InvalidModel('model.layers', `a last layer of 2 outputs, ${outputs}`, width);
  }
  return layers;
}

function readNumbers<Name extends string>(
  field: string,
  value: unknown,
  table: Readonly<Record<Name, Bounds>>,
): Readonly<Record<Name, number>> {
  const names = Object.keys(table) as Name[];
  const record = recordAt(field, value, names);
  for (const name of names) checkNumber(`${field}.${name}`, record[name], table[name]);
  return record as Readonly<Record<Name, number>>;
}

function checkNumber(field: string, value: unknown, [low, high]: Bounds): void {
  if (typeof value === 'number' && value >= low && value <= high) return;
  throw new InvalidModel(field, `a number from ${String(low)} to ${String(high)}`, value);
}
