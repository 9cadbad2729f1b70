import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { REPOSITORY, nameOf, objectsIn } from '../../support/manifests.ts';

/** An old kubectl, Debian's for example, has a kustomize that knows no components, and does not say which it is. */
const { stdout } = spawnSync('kubectl', ['version', '--client', '--output', 'json'], { encoding: 'utf8' });
const kubectl = /"kustomizeVersion": "v[5-9]/.test(stdout);

const REDIS = ['ConfigMap redis-configuration', 'Service redis', 'StatefulSet redis', 'NetworkPolicy redis'];
const RIGHTS = [
  'ServiceAccount farm-autoscaler',
  'Role farm-autoscaler',
  'RoleBinding farm-autoscaler',
  'ValidatingAdmissionPolicy farm-autoscaler',
  'ValidatingAdmissionPolicyBinding farm-autoscaler',
];
const CLOSED = [
  'NetworkPolicy farmhand-closed',
  'NetworkPolicy farmhand-names',
  'NetworkPolicy farmhand-to-redis',
];
const POOL = ['Deployment farm-worker', 'PodDisruptionBudget farm-worker'];
const DOORS = ['emitter', 'collector', 'autoscaler'].flatMap((name) => [
  `Service ${name}`,
  `Deployment ${name}`,
  `NetworkPolicy ${name}`,
]);
const SPARE = ['PodDisruptionBudget emitter', 'PodDisruptionBudget collector'];

function built(folder: string): ReturnType<typeof objectsIn> {
  const text = execFileSync('kubectl', ['kustomize', join(REPOSITORY, folder)], { encoding: 'utf8' });
  return objectsIn(text, folder);
}

/** Names without the hash that kustomize adds to what it generates. */
function names(folder: string): string[] {
  return built(folder)
    .map((object) => nameOf(object).replace(/^(ConfigMap .*)-[a-z0-9]{10}$/, '$1'))
    .toSorted();
}

describe.skipIf(!kubectl)(
  `kustomize${kubectl ? '' : ' (skipped: there is no kubectl with kustomize 5 here)'}`,
  () => {
    test('builds the whole farm for a cluster without OpenFaaS', () => {
      const expected = [...REDIS, ...RIGHTS, ...CLOSED, ...POOL, ...DOORS, ...SPARE];
      expect(names('deploy/kubernetes')).toEqual(expected.toSorted());
    });

    test('builds what functions need beside them, with the workers as a plain pool', () => {
      expect(names('deploy/openfaas')).toEqual([...REDIS, ...RIGHTS, ...CLOSED, ...POOL].toSorted());
    });

    test('builds what functions need where the workers are one of them, and the rights name that one', () => {
      expect(names('deploy/openfaas-standard')).toEqual([...REDIS, ...RIGHTS, ...CLOSED].toSorted());
      const role = z.object({ rules: z.array(z.object({ resourceNames: z.array(z.string()).optional() })) });
      const named = built('deploy/openfaas-standard')
        .filter(({ kind }) => kind === 'Role')
        .flatMap((each) => role.parse(each).rules.flatMap(({ resourceNames }) => resourceNames ?? []));
      expect(named).toEqual(['worker', 'worker']);
    });
  },
);
