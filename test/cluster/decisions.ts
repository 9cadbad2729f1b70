import type { Decision } from '../../autoscaler/decision.ts';
import type { StepMemory } from '../../autoscaler/step-memory.ts';
import { DecisionLog } from '../../shared/io/redis/decision-log.ts';
import type { Scene } from './scene.ts';

/** More than any scenario takes. */
const ALL = 1000;

/** Where policies of one's own are mounted, and the ConfigMap that holds them. */
export const POLICY_FILE = 'policy.json';
export const POLICY_PATH = `/var/farmhand/policies/${POLICY_FILE}`;

/** An object as kubectl takes it. */
export type Manifest = Readonly<Record<string, unknown>> & { readonly kind: string };

export function policyConfigMap(text: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'farmhand-policies' },
    data: { [POLICY_FILE]: text },
  };
}

/** What the autoscaler of a scene has decided. */
export class Decisions {
  readonly #scene: Scene;
  readonly #log: DecisionLog<Decision, StepMemory>;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#log = new DecisionLog(scene.farm.store);
  }

  /** In the order in which they were made. */
  async all(): Promise<readonly Decision[]> {
    return (await this.#log.latest(ALL)).toReversed();
  }

  setPaused(isPaused: boolean): Promise<void> {
    return this.#log.setPaused(isPaused);
  }

  /** The newest one for which this holds, as soon as there is one. */
  next(what: string, holds: (decision: Decision) => boolean): Promise<Decision> {
    return this.#scene.waitUntil(what, async () => (await this.#log.latest(10)).find(holds));
  }
}
