import type * as Tensorflow from '@tensorflow/tfjs';

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
 */
export async function loadTensorflow(
  packages: readonly string[] = PACKAGES,
): Promise<LoadedTensorflow | undefined> {
  for (const name of packages) {
    const tf = await importIfThere(name);
    if (tf === undefined) continue;
    // Without it the plain backend advertises the native one on standard error.
    tf.enableProdMode();
    await tf.ready();
    return { tf, backend: tf.getBackend() };
  }
  return undefined;
}

/** A package that is not installed, or whose native library does not load, is not there. */
async function importIfThere(name: string): Promise<typeof Tensorflow | undefined> {
  try {
    const loaded = (await import(name)) as typeof Tensorflow & { readonly default?: typeof Tensorflow };
    return loaded.default ?? loaded;
  } catch {
    return undefined;
  }
}
