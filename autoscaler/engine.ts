import { pureEngine } from '../shared/policy/dense-layer.ts';
import type { NetworkEngine, NetworkRun } from '../shared/policy/dense-layer.ts';
import { loadLayersModel } from './layers-model.ts';
import { TensorflowNetwork, loadTensorflow } from './tensorflow.ts';

/** What runs networks. */
export interface Engine {
  readonly name: string;
  readonly run: NetworkEngine;
  /** Only TensorFlow.js can. @throws InvalidModel */
  readonly loadLayers?: (model: unknown) => Promise<NetworkRun>;
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
    loadLayers: (model) => loadLayersModel(loaded, model),
  };
}
