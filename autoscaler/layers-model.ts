import type { NetworkRun } from '../shared/policy/dense-layer.ts';
import { InvalidModel, listAt, numbersAt, recordAt } from '../shared/policy/learned-models.ts';
import type { LoadedTensorflow } from './tensorflow.ts';

/** What a file may make TensorFlow build: enough for any policy, and little to hold in memory. */
const MOST_LAYERS = 32;
const MOST_UNITS = 1024;
const MOST_UNITS_IN_ALL = 4096;
const MOST_WEIGHTS = 2_000_000;
const MOST_ENTRIES = 64;
const MODELS = ['Sequential', 'Functional', 'Model'];
/** None that makes its inputs wider: in a row they would double without end. */
const LAYERS = [
  ...['InputLayer', 'Dense', 'Activation', 'Dropout', 'BatchNormalization', 'LayerNormalization'],
  ...['ReLU', 'LeakyReLU', 'Add', 'Average', 'Multiply', 'Subtract'],
];
const BYTES = 4;

type Artifacts = Parameters<LoadedTensorflow['tf']['io']['fromMemory']>[0];

/** A model as TensorFlow.js has loaded it. */
export interface LayersModel {
  readonly forward: NetworkRun;
  /** Frees its tensors, which no garbage collector sees. */
  dispose(): void;
}

/**
 * Reads a TensorFlow.js layers model with its weights inside: `topology` and `weightSpecs` as `model.save` gives them,
 * `weights` its data in base64. Throws `InvalidModel`, which names the field.
 */
export async function loadLayersModel({ tf }: LoadedTensorflow, value: unknown): Promise<LayersModel> {
  const { topology, weightSpecs, weights } = recordAt('model', value, ['topology', 'weightSpecs', 'weights']);
  checkTopology(topology);
  const count = weightsIn(weightSpecs);
  const data = dataOf(weights, count);
  const artifacts = {
    modelTopology: topology,
    weightSpecs,
    weightData: data,
  } as Artifacts;
  const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts)).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidModel('model', 'a layers model that TensorFlow.js can load', reason);
  });
  const forward: NetworkRun = (inputs) =>
    tf.tidy(() => {
      const outputs = model.predict(tf.tensor2d([[...inputs]]));
      if (Array.isArray(outputs))
        throw new InvalidModel('model.topology', 'one output layer', outputs.length);
      return Array.from(outputs.dataSync());
    });
  return {
    forward,
    dispose: () => {
      model.dispose();
    },
  };
}

/** TensorFlow makes a model's weights before it looks at those in the file: what they may come to is held here. */
function checkTopology(value: unknown): void {
  const { class_name: name, config } = objectAt('model.topology', value);
  if (!MODELS.includes(String(name))) {
    throw new InvalidModel('model.topology.class_name', MODELS.join(', '), name);
  }
  const layers = listAt('model.topology.config.layers', objectAt('model.topology.config', config)['layers']);
  if (layers.length > MOST_LAYERS) {
    throw new InvalidModel('model.topology.config.layers', `at most ${String(MOST_LAYERS)}`, layers.length);
  }
  for (const [index, layer] of layers.entries())
    checkLayer(`model.topology.config.layers[${String(index)}]`, layer);
  checkSizes('model.topology', value);
  const units = layers.reduce<number>((sum, layer) => sum + unitsOf(layer), 0);
  if (units > MOST_UNITS_IN_ALL) {
    throw new InvalidModel('model.topology', `at most ${String(MOST_UNITS_IN_ALL)} units in all`, units);
  }
}

function checkLayer(field: string, value: unknown): void {
  const { class_name: name, config } = objectAt(field, value);
  if (!LAYERS.includes(String(name))) {
    throw new InvalidModel(`${field}.class_name`, LAYERS.join(', '), name);
  }
  objectAt(`${field}.config`, config);
}

/** @param layer one that was checked */
function unitsOf(layer: unknown): number {
  const { units } = (layer as { readonly config: Readonly<Record<string, unknown>> }).config;
  return typeof units === 'number' ? units : 0;
}

/** A size goes by many names: no number may be large, but for those that chance begins with. */
function checkSizes(field: string, value: unknown): void {
  if (typeof value === 'number' && Math.abs(value) > MOST_UNITS) {
    throw new InvalidModel(field, `at most ${String(MOST_UNITS)}`, value);
  }
  if (Array.isArray(value)) {
    const most = field.endsWith('shape') ? 2 : MOST_ENTRIES;
    if (value.length > most) throw new InvalidModel(field, `at most ${String(most)} entries`, value.length);
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    // TensorFlow reads either way of writing a name, and the last one counts.
    if (/[A-Z]/.test(name)) throw new InvalidModel(`${field}.${name}`, 'a name in lower case', name);
    if (name !== 'seed') checkSizes(Array.isArray(value) ? `${field}[${name}]` : `${field}.${name}`, part);
  }
}

/** How many numbers the specifications tell of. */
function weightsIn(value: unknown): number {
  const count = listAt('model.weightSpecs', value).reduce((sum: number, spec, index) => {
    const field = `model.weightSpecs[${String(index)}]`;
    const { name, shape, dtype } = recordAt(field, spec, ['name', 'shape', 'dtype']);
    if (typeof name !== 'string') throw new InvalidModel(`${field}.name`, 'a name', name);
    if (dtype !== 'float32') throw new InvalidModel(`${field}.dtype`, 'float32', dtype);
    return sum + numbersAt(`${field}.shape`, shape).reduce((size, side) => size * side, 1);
  }, 0);
  if (count <= MOST_WEIGHTS) return count;
  throw new InvalidModel('model.weightSpecs', `at most ${String(MOST_WEIGHTS)} weights`, count);
}

function dataOf(value: unknown, count: number): ArrayBuffer {
  if (typeof value !== 'string') throw new InvalidModel('model.weights', 'base64', value);
  const bytes = Uint8Array.from(Buffer.from(value, 'base64'));
  if (bytes.byteLength === BYTES * count) return bytes.buffer;
  throw new InvalidModel('model.weights', `${String(BYTES * count)} bytes in base64`, bytes.byteLength);
}

function objectAt(field: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new InvalidModel(field, 'an object', value);
}
