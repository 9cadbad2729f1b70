import type { Observation } from '../control/observation.ts';
import { pureEngine } from './dense-layer.ts';
import type { DenseLayer, NetworkEngine } from './dense-layer.ts';
import { vectorOf } from './observation-schema.ts';
import type { ObservationSchema } from './observation-schema.ts';
import { memoryless } from './policy.ts';
import type { Policy } from './policy.ts';

/** A dense network that says what each action is worth. */
export interface QNetworkModel {
  readonly layers: readonly DenseLayer[];
}

export interface QNetworkPolicyParts {
  readonly name: string;
  readonly schema: ObservationSchema;
  /** Workers that each action adds. */
  readonly deltas: readonly number[];
  readonly model: QNetworkModel;
  /** The pure forward pass unless another one is given. */
  readonly engine?: NetworkEngine;
}

/** Decides by the action of the highest value; of equal ones, by the first in the order of the deltas that is mildest. */
export function qNetwork(parts: QNetworkPolicyParts): Policy {
  const { name, schema, deltas, model, engine = pureEngine } = parts;
  const run = engine(model.layers);
  return memoryless(name, (observation: Observation) => {
    const values = run(scaledVector(schema, observation));
    return observation.workers + (deltas[mildestBest(values, deltas)] ?? 0);
  });
}

/** An observation as the network sees it: each quantity from 0 at its lower bound to 1 at its upper one. */
export function scaledVector(schema: ObservationSchema, observation: Observation): number[] {
  return scaled(schema, vectorOf(schema, observation));
}

export function scaled(schema: ObservationSchema, vector: readonly number[]): number[] {
  return schema.quantities.map(({ low, high }, index) => ((vector[index] ?? low) - low) / (high - low));
}

function mildestBest(values: readonly number[], deltas: readonly number[]): number {
  let best = 0;
  for (let action = 1; action < values.length; action += 1) {
    const [value, highest] = [values[action] ?? 0, values[best] ?? 0];
    const isMilder = Math.abs(deltas[action] ?? 0) < Math.abs(deltas[best] ?? 0);
    if (value > highest || (value === highest && isMilder)) best = action;
  }
  return best;
}
