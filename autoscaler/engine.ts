import { pureEngine } from '../shared/policy/dense-layer.ts';
import type { NetworkEngine, NetworkRun } from '../shared/policy/dense-layer.ts';
import { loadLayersModel } from './layers-model.ts';
import { TensorflowNetwork, loadTensorflow } from './tensorflow.ts';
import type { LoadedTensorflow } from './tensorflow.ts';

/** What runs networks. */
export interface Engine {
  readonly name: string;
  /** For one policy. */
  begin(): PolicyEngine;
}

/** Runs the networks of one policy, for as long as that is kept. */
export interface PolicyEngine {
  /** Of the engine. */
  readonly name: string;
  readonly run: NetworkEngine;
  /** Only TensorFlow.js can. @throws InvalidModel */
  readonly loadLayers?: (model: unknown) => Promise<NetworkRun>;
  /** Frees what these networks hold, which no garbage collector sees. */
  dispose(): void;
}

const FORWARD_PASS_NAME = 'forward pass';

export const FORWARD_PASS: Engine = {
  name: FORWARD_PASS_NAME,
  begin: () => ({ name: FORWARD_PASS_NAME, run: pureEngine, dispose: () => undefined }),
};

/**
 * TensorFlow.js where it is installed; undefined where it is not.
 *
 * @param unusable told of a package that is installed and does not load
 */
export async function tensorflowEngine(
  unusable?: (name: string, error: unknown) => void,
): Promise<Engine | undefined> {
  const loaded = await loadTensorflow(undefined, unusable);
  if (loaded === undefined) return undefined;
  const name = `TensorFlow.js (${loaded.backend})`;
  return { name, begin: () => new TensorflowEngine(name, loaded) };
}

class TensorflowEngine implements PolicyEngine {
  readonly name: string;
  readonly #loaded: LoadedTensorflow;
  readonly #held: { dispose(): void }[] = [];

  constructor(name: string, loaded: LoadedTensorflow) {
    this.name = name;
    this.#loaded = loaded;
  }

  readonly run: NetworkEngine = (layers) => {
    const network = new TensorflowNetwork(this.#loaded, layers);
    this.#held.push(network);
    return (inputs) => network.forward(inputs);
  };

  readonly loadLayers = async (model: unknown): Promise<NetworkRun> => {
    const network = await loadLayersModel(this.#loaded, model);
    this.#held.push(network);
    return (inputs) => network.forward(inputs);
  };

  dispose(): void {
    for (const network of this.#held.splice(0)) network.dispose();
  }
}
