import type * as Tensorflow from '@tensorflow/tfjs';
import type { Activation, DenseLayer } from '../shared/policy/dense-layer.ts';

/** TensorFlow.js as it was found on this machine. */
export interface LoadedTensorflow {
  readonly tf: typeof Tensorflow;
  /** `tensorflow` for the native library, `cpu` for plain JavaScript. */
  readonly backend: string;
}

/** In order of speed; both are optional, and npm start installs neither. */
const PACKAGES = ['@tensorflow/tfjs-node', '@tensorflow/tfjs'] as const;

/**
 * Loads TensorFlow.js: with its native library where that is installed, in plain JavaScript otherwise; undefined where
 * neither is there.
 *
 * @param packages which to try, in this order
 * @param unusable told of one that is installed and does not load, for want of its native library as a rule
 */
export async function loadTensorflow(
  packages: readonly string[] = PACKAGES,
  unusable: (name: string, error: unknown) => void = () => undefined,
): Promise<LoadedTensorflow | undefined> {
  for (const name of packages) {
    const tf = await importIfThere(name, unusable);
    if (tf === undefined) continue;
    // Without it the plain backend advertises the native one on standard error.
    tf.enableProdMode();
    await tf.ready();
    return { tf, backend: tf.getBackend() };
  }
  return undefined;
}

/** A package that is not installed is not there; neither, but not without a word, is one that does not load. */
async function importIfThere(
  name: string,
  unusable: (name: string, error: unknown) => void,
): Promise<typeof Tensorflow | undefined> {
  try {
    const loaded = (await import(name)) as typeof Tensorflow & { readonly default?: typeof Tensorflow };
    return loaded.default ?? loaded;
  } catch (error) {
    if (!isNotInstalled(name, error)) unusable(name, error);
    return undefined;
  }
}

/** The package itself was not found, rather than something that it needs. */
function isNotInstalled(name: string, error: unknown): boolean {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) return false;
  return error.message.includes(`'${name}'`);
}

interface LayerTensors {
  readonly activation: Activation;
  /** Inputs × outputs. */
  readonly kernel: Tensorflow.Tensor2D;
  readonly bias: Tensorflow.Tensor1D;
}

/** A dense network on TensorFlow.js: says what the pure forward pass says, to 1e-4 of the largest output. */
export class TensorflowNetwork {
  readonly backend: string;
  readonly #tf: typeof Tensorflow;
  readonly #layers: readonly LayerTensors[];

  constructor({ tf, backend }: LoadedTensorflow, layers: readonly DenseLayer[]) {
    this.#tf = tf;
    this.backend = backend;
    this.#layers = layers.map(({ activation, weights, biases }) => ({
      activation,
      kernel: tf.tidy(() => tf.tensor2d(weights.map((row) => [...row])).transpose()),
      bias: tf.tensor1d([...biases]),
    }));
  }

  forward(inputs: readonly number[]): readonly number[] {
    const tf = this.#tf;
    return tf.tidy(() => {
      const outputs = this.#layers.reduce(
        (values, { kernel, bias, activation }) => {
          const sum = values.matMul(kernel).add<Tensorflow.Tensor2D>(bias);
          if (activation === 'linear') return sum;
          return activation === 'relu' ? sum.relu() : sum.tanh();
        },
        tf.tensor2d([[...inputs]]),
      );
      return Array.from(outputs.dataSync());
    });
  }

  /** Frees its tensors, which no garbage collector sees. */
  dispose(): void {
    for (const { kernel, bias } of this.#layers) {
      kernel.dispose();
      bias.dispose();
    }
  }
}
