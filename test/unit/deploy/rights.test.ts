import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { REPOSITORY, manifestsOf } from '../../support/manifests.ts';

const rights = manifestsOf('deploy/base/rights');

const rule = z.object({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  resourceNames: z.array(z.string()).optional(),
  verbs: z.array(z.string()),
});

function only(kind: string): unknown {
  const found = rights.filter((each) => each.kind === kind);
  expect(found).toHaveLength(1);
  return found[0];
}

describe('what the autoscaler may do', () => {
  test('is to look at and scale one Deployment, and to list and mark pods', () => {
    const { rules } = z.object({ rules: z.array(rule) }).parse(only('Role'));
    expect(rules).toEqual([
      { apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['farm-worker'], verbs: ['get'] },
      {
        apiGroups: ['apps'],
        resources: ['deployments/scale'],
        resourceNames: ['farm-worker'],
        verbs: ['patch'],
      },
      { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['patch'] },
    ]);
  });

  test('is what its client asks of Kubernetes, and no more', () => {
    const verbs: Readonly<Record<string, string>> = { read: 'get', list: 'list', patch: 'patch' };
    const resources: Readonly<Record<string, string>> = {
      Deployment: 'deployments',
      DeploymentScale: 'deployments/scale',
      Pod: 'pods',
    };
    const client = readFileSync(join(REPOSITORY, 'autoscaler', 'kubernetes-client.ts'), 'utf8');
    const calls = client.matchAll(/\b(?:apps|core)\.([a-z]+)Namespaced([A-Za-z]+)\(/g);
    const asked = new Set(
      [...calls].map(([call, verb = '', kind = '']) => `${verbs[verb] ?? call} ${resources[kind] ?? call}`),
    );
    const { rules } = z.object({ rules: z.array(rule) }).parse(only('Role'));
    const granted = rules.flatMap((each) =>
      each.resources.flatMap((resource) => each.verbs.map((verb) => `${verb} ${resource}`)),
    );
    expect(granted.toSorted()).toEqual([...asked].toSorted());
  });

  test('ends at its namespace', () => {
    expect(rights.map(({ kind }) => kind).filter((kind) => kind.startsWith('Cluster'))).toEqual([]);
    expect(only('RoleBinding')).toMatchObject({
      roleRef: { kind: 'Role', name: 'farm-autoscaler' },
      subjects: [{ kind: 'ServiceAccount', name: 'farm-autoscaler' }],
    });
  });

  test('is narrowed for pods by a policy that denies, and denies too where it cannot be evaluated', () => {
    expect(only('ValidatingAdmissionPolicy')).toMatchObject({
      metadata: { name: 'farm-autoscaler' },
      spec: { failurePolicy: 'Fail', matchConstraints: { resourceRules: [{ operations: ['UPDATE'] }] } },
    });
    expect(only('ValidatingAdmissionPolicyBinding')).toMatchObject({
      spec: { policyName: 'farm-autoscaler', validationActions: ['Deny'] },
    });
  });
});
