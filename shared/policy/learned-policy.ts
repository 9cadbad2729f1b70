import type { Dimension } from '../control/spaces.ts';
import { pureEngine } from './dense-layer.ts';
import type { NetworkEngine, NetworkRun } from './dense-layer.ts';
import { farmhandObservation } from './farmhand-observation.ts';
import { readHistoryNetwork } from './history-network-model.ts';
import { historyNetworkPolicy } from './history-network.ts';
import { InvalidModel, readQNetworkModel, readSarsaModel } from './learned-models.ts';
import { readNetworkModel } from './network-model.ts';
import { networkPolicy } from './network.ts';
import type { ObservationSchema } from './observation-schema.ts';
import { paperObservation } from './paper-observation.ts';
import type { PolicyFile } from './policy-file.ts';
import type { Policy } from './policy.ts';
import { qNetwork } from './q-network.ts';
import { rulePolicy } from './rule-policy.ts';
import { sarsaTable } from './sarsa-table.ts';

/** What a policy file says, as far as deciding needs it. */
export type LearnedPolicyFile = Pick<
  PolicyFile,
  'kind' | 'name' | 'observations' | 'actions' | 'model' | 'stepLimit'
>;

/** A policy whose model is a layers model of TensorFlow.js, where there is no TensorFlow.js. */
export class NeedsTensorflow extends InvalidModel {
  constructor() {
    super('kind', 'another one: a layers-model needs TensorFlow.js, which is not here', 'layers-model');
  }
}

/**
 * The policy of such a file; throws `InvalidModel`, which names the field and the reason.
 *
 * @param engine what networks are run by
 * @param layersModel the model of a file of that kind, as TensorFlow.js has loaded it
 */
export function learnedPolicy(
  file: LearnedPolicyFile,
  engine: NetworkEngine = pureEngine,
  layersModel?: NetworkRun,
): Policy {
  const { kind, name, observations, actions, model } = file;
  if (kind !== 'sarsa' && kind !== 'dqn' && kind !== 'layers-model') return targetPolicy(file, engine);
  if (actions.kind !== 'delta') throw new InvalidModel('actions.kind', 'delta', actions.kind);
  const { deltas } = actions;
  const schema = schemaOf(observations);
  const surroundings = {
    observations: schema.quantities.map((quantity) => quantity.name),
    actions: deltas.length,
  };
  switch (kind) {
    case 'sarsa':
      return sarsaTable({ name, schema, deltas, model: readSarsaModel(model, surroundings) });
    case 'dqn':
      return qNetwork({ name, schema, deltas, model: readQNetworkModel(model, surroundings), engine });
    case 'layers-model': {
      if (layersModel === undefined) throw new NeedsTensorflow();
      const run = oneEach(layersModel, deltas.length);
      return qNetwork({ name, schema, deltas, model: { layers: [] }, engine: () => run });
    }
  }
}

/** A policy that asks for a size of the pool. */
function targetPolicy(file: LearnedPolicyFile, engine: NetworkEngine): Policy {
  const { kind, name, observations, actions, model, stepLimit } = file;
  if (actions.kind !== 'target') throw new InvalidModel('actions.kind', 'target', actions.kind);
  switch (kind) {
    case 'network':
      return networkPolicy(name, readNetworkModel(model, { observations, stepLimit }), engine);
    case 'history-network':
      return historyNetworkPolicy(name, readHistoryNetwork(model, observations), engine);
    case 'sarsa':
    case 'dqn':
    case 'layers-model':
      throw new InvalidModel('actions.kind', 'delta', actions.kind);
    default:
      checkNames(observations);
      return rulePolicy(kind, name, model);
  }
}

/** One value for each action, or none can be chosen. */
function oneEach(run: NetworkRun, actions: number): NetworkRun {
  return (inputs) => {
    const values = run(inputs);
    if (values.length === actions) return values;
    throw new InvalidModel('model', `${String(actions)} outputs, one an action`, values.length);
  };
}

/** A rule knows itself what it looks at: a file may say so, or name nothing. */
function checkNames(observations: readonly Dimension[]): void {
  const schemas = [paperObservation(1), farmhandObservation(1)];
  const known = [...new Set(schemas.flatMap(({ quantities }) => quantities.map(({ name }) => name)))];
  for (const [index, { name }] of observations.entries()) {
    if (known.includes(name)) continue;
    throw new InvalidModel(`observations[${String(index)}].name`, `one of ${known.join(', ')}`, name);
  }
}

/** The schema whose quantities and bounds a file lists, in that order. */
function schemaOf(observations: readonly Dimension[]): ObservationSchema {
  const most = observations.find(({ name }) => name === 'workers')?.high ?? 0;
  const listed = describe(observations);
  const schema = [paperObservation(most), farmhandObservation(most)].find(
    ({ quantities }) => describe(quantities) === listed,
  );
  if (schema !== undefined) return schema;
  throw new InvalidModel('observations', 'the quantities and bounds of the schema paper or farmhand', listed);
}

function describe(dimensions: readonly Dimension[]): string {
  return dimensions.map(({ name, low, high }) => `${name} ${low}..${high}`).join(', ');
}
