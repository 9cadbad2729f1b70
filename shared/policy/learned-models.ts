import { ACTIVATIONS } from './dense-layer.ts';
import type { DenseLayer } from './dense-layer.ts';
import { Discretisation, InvalidDiscretisation } from './discretisation.ts';
import type { CutDimension } from './discretisation.ts';
import type { QNetworkModel } from './q-network.ts';
import type { SarsaCell, SarsaModel } from './sarsa-table.ts';

/** A model in a policy file that cannot be used: which field, and why. */
export class InvalidModel extends Error {
  override readonly name = 'InvalidModel';
  /** Such as `model.layers[1].biases`. */
  readonly field: string;

  constructor(field: string, expected: string, got: unknown) {
    super(`${short(field, 120)}: expected ${short(expected, 1000)}; got ${shown(got)}.`);
    this.field = short(field, 120);
  }
}

/** What the rest of a policy file says about its model. */
export interface ModelSurroundings {
  /** Names of the observations, in their order. */
  readonly observations: readonly string[];
  /** How many actions there are. */
  readonly actions: number;
}

/** Reads the model of a policy file of kind `sarsa`. */
export function readSarsaModel(value: unknown, { observations, actions }: ModelSurroundings): SarsaModel {
  const model = recordAt('model', value, ['cuts', 'fallback', 'cells']);
  const cuts = listAt('model.cuts', model['cuts']).map((cut, index) => readCut(`model.cuts[${index}]`, cut));
  const size = sizeOf(cuts, observations);
  const cells = listAt('model.cells', model['cells']).map((cell, index) =>
    readCell(`model.cells[${index}]`, cell, { size, actions }),
  );
  return { cuts, fallback: readFallback(model['fallback']), cells };
}

/** Reads the model of a policy file of kind `dqn`. */
export function readQNetworkModel(
  value: unknown,
  { observations, actions }: ModelSurroundings,
): QNetworkModel {
  const model = recordAt('model', value, ['layers']);
  const layers: DenseLayer[] = [];
  let inputs = observations.length;
  for (const [index, layer] of listAt('model.layers', model['layers']).entries()) {
    const read = readLayer(`model.layers[${index}]`, layer, inputs);
    layers.push(read);
    inputs = read.biases.length;
  }
  if (layers.length === 0 || inputs !== actions) {
    throw new InvalidModel('model.layers', `a last layer of ${actions} outputs, one an action`, inputs);
  }
  return { layers };
}

function readCut(field: string, value: unknown): CutDimension {
  const { name, edges } = recordAt(field, value, ['name', 'edges']);
  if (typeof name !== 'string') throw new InvalidModel(`${field}.name`, 'a name', name);
  return { name, edges: numbersAt(`${field}.edges`, edges) };
}

function sizeOf(cuts: readonly CutDimension[], observations: readonly string[]): number {
  try {
    return new Discretisation(cuts, observations).size;
  } catch (error) {
    if (error instanceof InvalidDiscretisation) throw new InvalidModel('model.cuts', error.message, cuts);
    throw error;
  }
}

function readCell(
  field: string,
  value: unknown,
  { size, actions }: { readonly size: number; readonly actions: number },
): SarsaCell {
  const { cell, values, visits } = recordAt(field, value, ['cell', 'values', 'visits']);
  if (typeof cell !== 'number' || !Number.isInteger(cell) || cell < 0 || cell >= size) {
    throw new InvalidModel(`${field}.cell`, `a whole number from 0 to ${size - 1}`, cell);
  }
  return {
    cell,
    values: numbersAt(`${field}.values`, values, actions),
    visits: numbersAt(`${field}.visits`, visits, actions),
  };
}

function readFallback(value: unknown): SarsaModel['fallback'] {
  if (value === 'keep' || value === 'reactive-average' || value === 'reactive-maximum') return value;
  throw new InvalidModel('model.fallback', 'keep, reactive-average or reactive-maximum', value);
}

export function readLayer(field: string, value: unknown, inputs: number): DenseLayer {
  const layer = recordAt(field, value, ['activation', 'weights', 'biases']);
  const activation = ACTIVATIONS.find((each) => each === layer['activation']);
  if (activation === undefined) {
    throw new InvalidModel(`${field}.activation`, ACTIVATIONS.join(', '), layer['activation']);
  }
  const weights = listAt(`${field}.weights`, layer['weights']).map((row, index) =>
    numbersAt(`${field}.weights[${index}]`, row, inputs),
  );
  return { activation, weights, biases: numbersAt(`${field}.biases`, layer['biases'], weights.length) };
}

/** An object with exactly these fields. */
export function recordAt(
  field: string,
  value: unknown,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidModel(field, `an object with ${names.join(', ')}`, value);
  }
  const unknownName = Object.keys(value).find((name) => !names.includes(name));
  if (unknownName !== undefined) {
    throw new InvalidModel(`${field}.${unknownName}`, `no such field (${names.join(', ')})`, unknownName);
  }
  return value as Readonly<Record<string, unknown>>;
}

export function listAt(field: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw new InvalidModel(field, 'a list', value);
}

export function numbersAt(field: string, value: unknown, count?: number): readonly number[] {
  const numbers = listAt(field, value);
  if (count !== undefined && numbers.length !== count) {
    throw new InvalidModel(field, `${count} numbers`, numbers.length);
  }
  for (const [index, number] of numbers.entries()) {
    if (typeof number !== 'number' || !Number.isFinite(number)) {
      throw new InvalidModel(`${field}[${index}]`, 'a number', number);
    }
  }
  return numbers as readonly number[];
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? 'nothing' : short(text, 60);
}

/** What a file says of itself may be endlessly long, and goes into every decision record. */
function short(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
