import { join } from 'node:path';
import type { ComparisonSetting } from '../../autoscaler/training/comparison/setting.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'autoscaler', 'policies');

/** Names of policies that are shipped as files. */
export const shippedNames: readonly string[] = ['farmhand', 'farmhand-nine', 'sarsa', 'dqn'];

/** The file behind a name; `farmhand` has one for each way of dispatching, scaling and announcing. */
export function shippedFile(name: string, setting: ComparisonSetting): string | undefined {
  if (!shippedNames.includes(name)) return undefined;
  if (name !== 'farmhand') return join(FOLDER, `${name}.json`);
  const { dispatch, actions, announced } = setting;
  const known = announced ? 'announced' : 'unannounced';
  return join(FOLDER, `farmhand-${dispatch}-${actions > 1 ? 4 : 1}-${known}.json`);
}
