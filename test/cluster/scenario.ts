import type { FarmOptions } from './farm-in-cluster.ts';
import type { Scene } from './scene.ts';

export type { Scene } from './scene.ts';

/** Something that happens to a farm on a real Kubernetes, and what must hold of it. One in each file of scenarios/. */
export interface Scenario {
  /** A sentence of behaviour. */
  readonly name: string;
  /** The farm that it starts with, in a namespace of its own. */
  readonly farm?: FarmOptions;
  /** Takes so long that it is played on request only: `--long`. */
  readonly isLong?: true;
  /** It uses the autoscaler's image with TensorFlow.js, which takes its time to build. */
  readonly needsTensorflow?: boolean;
  /** After this it has failed. */
  readonly limitSeconds?: number;
  /** Throws where something does not hold; `Skipped` where this cluster cannot show it. */
  run(scene: Scene): Promise<void>;
}

/** The scenario says nothing here, and why. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}
