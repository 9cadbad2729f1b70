import { pureEngine } from '../shared/policy/dense-layer.ts';
import type { NetworkEngine } from '../shared/policy/dense-layer.ts';
import { TensorflowNetwork, loadTensorflow } from './tensorflow.ts';

/** What runs networks. */
export interface Engine {
  readonly name: string;
  readonly run: NetworkEngine;
}

export const FORWARD_PASS: Engine = { name: 'forward pass', run: pureEngine };

/** TensorFlow.js where it is installed; undefined where it is not. */
export async function tensorflowEngine(): Promise<Engine | undefined> {
  const loaded = await loadTensorflow();
  if (loaded === undefined) return undefined;
  return {
    name: `TensorFlow.js (${loaded.backend})`,
    run: (layers) => {
      const network = new TensorflowNetwork(loaded, layers);
      return (inputs) => network.forward(inputs);
    },
  };
}
