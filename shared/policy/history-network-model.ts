import type { Dimension } from '../control/spaces.ts';
import { HISTORY_INPUTS } from './history-inputs.ts';
import type { HistoryNetworkModel } from './history-network.ts';
import { InvalidModel, recordAt } from './learned-models.ts';
import { readInputs, readLayers } from './network-model.ts';

const MOST_GUESS = 10;

/** Reads the model of a policy file of kind `history-network`; throws `InvalidModel`, which names the field. */
export function readHistoryNetwork(value: unknown, observations: readonly Dimension[]): HistoryNetworkModel {
  const model = recordAt('model', value, ['guessPerWorker', 'layers']);
  const guessPerWorker = model['guessPerWorker'];
  if (typeof guessPerWorker !== 'number' || !(guessPerWorker >= 0 && guessPerWorker <= MOST_GUESS)) {
    throw new InvalidModel(
      'model.guessPerWorker',
      `a number from 0 to ${String(MOST_GUESS)}`,
      guessPerWorker,
    );
  }
  const inputs = readInputs(observations, HISTORY_INPUTS);
  const layers = readLayers(model['layers'], inputs.length, 'the pool and the tolerance');
  if (layers.length === 0) throw new InvalidModel('model.layers', 'at least one layer', layers);
  return { guessPerWorker, inputs, layers };
}
