import type { NetworkRun } from '../shared/policy/dense-layer.ts';
import { InvalidModel, listAt, numbersAt, recordAt } from '../shared/policy/learned-models.ts';
import type { LoadedTensorflow } from './tensorflow.ts';

/** What a file may make TensorFlow build: enough for any policy, and little to hold in memory. */
const MOST_LAYERS = 32;
const MOST_UNITS = 1024;
const MOST_WEIGHTS = 2_000_000;
const MODELS = ['Sequential', 'Functional', 'Model'];
const LAYERS = [
  ...['InputLayer', 'Dense', 'Activation', 'Dropout', 'BatchNormalization', 'LayerNormalization'],
  ...['ReLU', 'LeakyReLU', 'Add', 'Average', 'Concatenate', 'Multiply', 'Subtract'],
];
const BYTES = 4;

type Artifacts = Parameters<LoadedTensorflow['tf']['io']['fromMemory']>[0];

/**
 * Reads a TensorFlow.js layers model with its weights inside: `topology` and `weightSpecs` as `model.save` gives them,
 * `weights` its data in base64. Throws `InvalidModel`, which names the field.
 */
export async function loadLayersModel({ tf }: LoadedTensorflow, value: unknown): Promise<NetworkRun> {
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
  return (inputs) =>
    tf.tidy(() => {
      const outputs = model.predict(tf.tensor2d([[...inputs]]));
      if (Array.isArray(outputs))
        throw new InvalidModel('model.topology', 'one output layer', outputs.length);
      return Array.from(outputs.dataSync());
    });
}

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
}

function checkLayer(field: string, value: unknown): void {
  const { class_name: name, config } = objectAt(field, value);
  if (!LAYERS.includes(String(name))) {
    throw new InvalidModel(`${field}.class_name`, LAYERS.join(', '), name);
  }
  const { units = 1, batch_input_shape: shape = [] } = objectAt(`${field}.config`, config);
  for (const [what, size] of [
    ['units', units],
    ...listAt(`${field}.config`, shape).map((each) => ['batch_input_shape', each]),
  ]) {
    const isSmall = size === null || (typeof size === 'number' && size >= 1 && size <= MOST_UNITS);
    if (!isSmall) {
      throw new InvalidModel(`${field}.config.${String(what)}`, `at most ${String(MOST_UNITS)}`, size);
    }
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
