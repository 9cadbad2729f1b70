import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AUTOSCALER_SETTINGS } from '../../../autoscaler/settings.ts';
import { COLLECTOR_SETTINGS } from '../../../collector/settings.ts';
import { EMITTER_SETTINGS } from '../../../emitter/settings.ts';
import { FARM_SETTINGS } from '../../../shared/io/farm-settings.ts';
import { SETTINGS as TEMPLATE_SETTINGS } from '../../../template/farm-node22/settings.ts';
import { WORKER_SETTINGS } from '../../../worker/settings.ts';
import { REPOSITORY, labels, manifestsOf, nameOf, selector, workloadOf } from '../../support/manifests.ts';
import type { Workload } from '../../support/manifests.ts';

const manifests = manifestsOf('deploy');
const objects = manifests.filter(({ apiVersion }) => !apiVersion.startsWith('kustomize.config.k8s.io/'));
const workloads = objects.flatMap((object) => {
  const workload = workloadOf(object);
  return workload === undefined ? [] : [[nameOf(object), workload] as const];
});
const ofFarm = workloads.filter(([name]) => name !== 'StatefulSet redis');

/** Read by the C library, not by us. */
const ALLOCATOR = ['MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_'];
const READ_BY: Readonly<Record<string, readonly { readonly name: string }[]>> = {
  emitter: EMITTER_SETTINGS,
  worker: WORKER_SETTINGS,
  collector: COLLECTOR_SETTINGS,
  autoscaler: AUTOSCALER_SETTINGS,
};

function podLabels(name: string): Readonly<Record<string, string>> {
  const found = workloads.find(([each]) => each === name);
  return found?.[1].template.metadata.labels ?? {};
}

function settingOf(workload: Workload, name: string): string | undefined {
  return workload.template.spec.containers[0]?.env.find((each) => each.name === name)?.value;
}

describe('the manifests in deploy/', () => {
  test('belong to no namespace, so that any can be given', () => {
    const fixed = objects.filter(({ metadata }) => metadata?.namespace !== undefined).map(nameOf);
    expect(fixed).toEqual([]);
    const kustomizations = manifests.filter(({ kind }) => kind === 'Kustomization');
    expect(kustomizations.filter((each) => 'namespace' in each)).toEqual([]);
  });

  test('hold no secret', () => {
    expect(objects.filter(({ kind }) => kind === 'Secret').map(nameOf)).toEqual([]);
  });

  test('are each taken in by a kustomization', () => {
    const named = manifests.flatMap(({ file, ...object }) => {
      const { resources } = z.object({ resources: z.array(z.string()).default([]) }).parse(object);
      return resources.map((each) => join(dirname(file), each));
    });
    const written = new Set(objects.map(({ file }) => file));
    expect([...written].filter((file) => !named.includes(file))).toEqual([]);
    const folders = readdirSync(join(REPOSITORY, 'deploy', 'base')).map((each) => `deploy/base/${each}`);
    expect(folders.filter((folder) => !named.includes(folder))).toEqual([]);
  });
});

describe.each(workloads)('the pods of %s', (name, workload) => {
  const { spec, metadata } = workload.template;

  test('have the labels that their selectors ask for', () => {
    const spread = spec.topologySpreadConstraints.map(({ labelSelector }) => labelSelector.matchLabels);
    const budget = objects.find(
      (each) => each.kind === 'PodDisruptionBudget' && name.endsWith(` ${each.metadata?.name ?? ''}`),
    );
    const guarded = budget && z.object({ spec: z.object({ selector }) }).parse(budget).spec.selector;
    for (const asked of [workload.selector.matchLabels, ...spread, guarded?.matchLabels ?? {}]) {
      expect(metadata.labels).toMatchObject(asked);
    }
  });

  test('are no OpenFaaS function, so that no edition counts or limits them', () => {
    expect(metadata.labels).not.toHaveProperty('faas_function');
  });

  test('run without privileges, on a file system that they cannot write', () => {
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const { securityContext } of spec.containers) {
      expect(securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  test('ask for what they need and are held to a memory that they cannot pass', () => {
    for (const { resources } of spec.containers) {
      expect(resources?.requests).toMatchObject({ cpu: expect.any(String), memory: expect.any(String) });
      expect(resources?.limits).toHaveProperty('memory');
      expect(resources?.limits).not.toHaveProperty('cpu');
    }
  });

  test('get the credentials of Kubernetes only where they scale', () => {
    const scales = name === 'Deployment autoscaler';
    expect(spec.automountServiceAccountToken).toBe(scales);
    expect(spec.serviceAccountName).toBe(scales ? 'farm-autoscaler' : undefined);
  });
});

describe.each(ofFarm)('%s', (_name, workload) => {
  const { spec } = workload.template;

  test('sets only variables that its program reads', () => {
    for (const { name, env } of spec.containers) {
      const tables = [TEMPLATE_SETTINGS, FARM_SETTINGS, READ_BY[name] ?? []];
      const known = [...tables.flat().map((row) => row.name), ...ALLOCATOR];
      expect(env.map((each) => each.name).filter((each) => !known.includes(each))).toEqual([]);
    }
  });

  test('ends by itself before Kubernetes ends it', () => {
    const waits = spec.containers[0]?.lifecycle?.preStop.sleep.seconds ?? 0;
    const grace = Number(settingOf(workload, 'GRACE_SECONDS'));
    expect(grace + waits).toBeLessThan(spec.terminationGracePeriodSeconds);
  });

  test('finds the secrets that it names where the template looks for them', () => {
    const folder = TEMPLATE_SETTINGS.find(({ name }) => name === 'SECRETS_DIR')?.default;
    const mounted = spec.containers[0]?.volumeMounts.find(({ mountPath }) => mountPath === folder)?.name;
    const sources = spec.volumes.find(({ name }) => name === mounted)?.projected?.sources;
    const secrets = sources?.map(({ secret }) => secret.name);
    const token = TEMPLATE_SETTINGS.find(({ name }) => name === 'AUTH_SECRET')?.default;
    expect(secrets).toContain(settingOf(workload, 'REDIS_PASSWORD_SECRET'));
    expect(secrets).toContain(settingOf(workload, 'AUTH_SECRET') ?? token);
  });
});

test('the plain pool states no number of workers, so that another apply changes none', () => {
  const pool = workloads.find(([name]) => name === 'Deployment farm-worker');
  expect(pool?.[1].replicas).toBeUndefined();
});

test('who may call without a token cannot fill the memory of the autoscaler', () => {
  const autoscaler = ofFarm.find(([name]) => name === 'Deployment autoscaler')?.[1];
  expect(autoscaler).toBeDefined();
  expect(Number(autoscaler && settingOf(autoscaler, 'MAX_BODY_BYTES'))).toBeLessThanOrEqual(65_536);
});

test('every Service finds the pods of the workload that it is called after', () => {
  const service = z.object({ spec: z.object({ selector: labels }) });
  const services = objects.filter(({ kind }) => kind === 'Service');
  expect(services.map(({ metadata }) => metadata?.name).toSorted()).toEqual([
    'autoscaler',
    'collector',
    'emitter',
    'redis',
  ]);
  for (const each of services) {
    const called = each.metadata?.name ?? '';
    const carried = podLabels(`${called === 'redis' ? 'StatefulSet' : 'Deployment'} ${called}`);
    expect(carried).toMatchObject(service.parse(each).spec.selector);
  }
});
