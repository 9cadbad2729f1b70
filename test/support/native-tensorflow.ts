import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where `install-native-tensorflow.ts` puts the package with its library: beside the packages, not among them. */
export const NATIVE_TENSORFLOW_FOLDER = join(
  ...[import.meta.dirname, '..', '..', 'node_modules', '.cache', 'farmhand', 'tensorflow'],
);

const ENTRY = join(NATIVE_TENSORFLOW_FOLDER, 'node_modules', '@tensorflow', 'tfjs-node', 'dist', 'index.js');

/** What to import for TensorFlow.js with its native library; where it was not put there, the package of that name. */
export const NATIVE_TENSORFLOW = existsSync(ENTRY) ? pathToFileURL(ENTRY).href : '@tensorflow/tfjs-node';

// Its notes about the processor are none about the tests.
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
