import { describe, expect, it } from 'vitest';
import { DELETION_COST, rolloutOf, seeDeployment, seePod } from '../../../autoscaler/kubernetes-objects.ts';
import type { DeploymentSeen, PodSeen } from '../../../autoscaler/kubernetes-objects.ts';

const deployment: DeploymentSeen = {
  name: 'worker',
  replicas: 3,
  selector: 'app=worker',
  resourceVersion: '7',
  generation: 4,
  observedGeneration: 4,
  statusReplicas: 3,
  updatedReplicas: 3,
};

function pod(name: string, owner = 'replica-set-1'): PodSeen {
  return { name, isReady: true, owner, deletionCost: undefined };
}

describe('a Deployment as the API replies it', () => {
  const metadata = { name: 'worker', generation: 2, resourceVersion: '7' };

  it('is read with every kind of selector that it can have', () => {
    const selector = {
      matchLabels: { app: 'worker', tier: 'farm' },
      matchExpressions: [
        { key: 'zone', operator: 'In', values: ['a', 'b'] },
        { key: 'size', operator: 'NotIn', values: ['xl'] },
        { key: 'ours', operator: 'Exists' },
        { key: 'old', operator: 'DoesNotExist' },
      ],
    };
    const status = { observedGeneration: 2, replicas: 3, updatedReplicas: 2 };
    expect(seeDeployment({ metadata, spec: { replicas: 3, selector }, status })).toEqual({
      name: 'worker',
      replicas: 3,
      selector: 'app=worker,tier=farm,zone in (a,b),size notin (xl),ours,!old',
      resourceVersion: '7',
      generation: 2,
      observedGeneration: 2,
      statusReplicas: 3,
      updatedReplicas: 2,
    });
  });

  it('has a count of 0 where the API leaves the zeros out', () => {
    const seen = seeDeployment({ metadata, spec: { selector: { matchLabels: { app: 'worker' } } } });
    expect(seen).toMatchObject({ replicas: 0, statusReplicas: 0, updatedReplicas: 0, observedGeneration: 0 });
  });
});

describe('a pod as the API replies it', () => {
  const metadata = {
    name: 'worker-a',
    annotations: { [DELETION_COST]: '-5' },
    ownerReferences: [
      { uid: 'somebody', controller: false },
      { uid: 'replica-set-1', controller: true },
    ],
  };

  it('is ready where its condition says so', () => {
    const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    expect(seePod({ metadata, status })).toEqual({
      name: 'worker-a',
      isReady: true,
      owner: 'replica-set-1',
      deletionCost: '-5',
    });
  });

  it.each([
    { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }] },
    { phase: 'Running', conditions: [{ type: 'PodScheduled', status: 'True' }] },
    { phase: 'Pending' },
  ])('is not ready as %j', (status) => {
    expect(seePod({ metadata, status })?.isReady).toBe(false);
  });

  it.each([
    { metadata: { ...metadata, deletionTimestamp: new Date(0) }, status: { phase: 'Running' } },
    { metadata, status: { phase: 'Succeeded' } },
    { metadata, status: { phase: 'Failed' } },
  ])('is none of the pool where it is going or has ended', (object) => {
    expect(seePod(object)).toBeUndefined();
  });
});

describe('a rollout', () => {
  it('is over where all pods are of the present version', () => {
    expect(rolloutOf(deployment, [pod('a'), pod('b'), pod('c')])).toBeUndefined();
  });

  it('is over while pods are still missing', () => {
    const growing = { ...deployment, statusReplicas: 1, updatedReplicas: 1 };
    expect(rolloutOf(growing, [pod('a')])).toBeUndefined();
  });

  it('begins with a change that the controller has not seen', () => {
    expect(rolloutOf({ ...deployment, observedGeneration: 3 }, [pod('a')])).toMatch(/not acted/);
  });

  it('lasts while some pods are of an older version', () => {
    expect(rolloutOf({ ...deployment, updatedReplicas: 1 }, [pod('a')])).toMatch(/1 of 3 pods/);
  });

  it('lasts while two ReplicaSets have pods, whatever the counts say', () => {
    expect(rolloutOf(deployment, [pod('a'), pod('b', 'replica-set-2')])).toMatch(/2 versions/);
  });
});
