import { z } from 'zod';

/** A Deployment as far as scaling it goes. */
export interface DeploymentSeen {
  readonly name: string;
  /** Asked for. */
  readonly replicas: number;
  /** Finds its pods; in the form that a query takes. */
  readonly selector: string;
  /** Changes with every write to it, by its controller as well. */
  readonly resourceVersion: string;
  /** Grows with every change of the Deployment. */
  readonly generation: number;
  /** The last one that its controller has acted on. */
  readonly observedGeneration: number;
  /** Pods that it has, and those of them that are of the present version. */
  readonly statusReplicas: number;
  readonly updatedReplicas: number;
}

/** A pod that Kubernetes counts as part of its Deployment. */
export interface PodSeen {
  readonly name: string;
  readonly isReady: boolean;
  /** The ReplicaSet that it belongs to. */
  readonly owner: string | undefined;
  /** As its annotation says; undefined where it has none. */
  readonly deletionCost: string | undefined;
}

/** Kubernetes removes the pods of a ReplicaSet that have the lowest cost first, among those that are ready alike. */
export const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

const DEPLOYMENT = z.object({
  metadata: z.object({ name: z.string(), generation: z.number(), resourceVersion: z.string() }),
  spec: z.object({
    // The API leaves zeros out.
    replicas: z.number().default(0),
    selector: z.object({
      matchLabels: z.record(z.string(), z.string()).default({}),
      matchExpressions: z
        .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }))
        .default([]),
    }),
  }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
    })
    .prefault({}),
});

const POD = z.object({
  metadata: z.object({
    name: z.string(),
    deletionTimestamp: z.unknown().optional(),
    annotations: z.record(z.string(), z.string()).default({}),
    ownerReferences: z
      .array(z.object({ uid: z.string(), controller: z.boolean().default(false) }))
      .default([]),
  }),
  status: z.object({
    phase: z.string().default('Pending'),
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
  }),
});

/** @param object as the API replies it */
export function seeDeployment(object: unknown): DeploymentSeen {
  const { metadata, spec, status } = DEPLOYMENT.parse(object);
  return {
    ...metadata,
    replicas: spec.replicas,
    selector: selectorText(spec.selector),
    observedGeneration: status.observedGeneration,
    statusReplicas: status.replicas,
    updatedReplicas: status.updatedReplicas,
  };
}

/** Undefined for a pod that is being deleted or has ended: its place is filled by another one already. */
export function seePod(object: unknown): PodSeen | undefined {
  const { metadata, status } = POD.parse(object);
  const hasEnded = status.phase === 'Succeeded' || status.phase === 'Failed';
  if (hasEnded || metadata.deletionTimestamp !== undefined) return undefined;
  return {
    name: metadata.name,
    isReady: status.conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True'),
    owner: metadata.ownerReferences.find(({ controller }) => controller)?.uid,
    deletionCost: metadata.annotations[DELETION_COST],
  };
}

/**
 * Says in words that a Deployment's pods are being replaced; undefined where they are not. Two ReplicaSets then share
 * the count, and which pod a smaller count costs nobody can tell.
 */
export function rolloutOf(deployment: DeploymentSeen, pods: readonly PodSeen[]): string | undefined {
  const { name, generation, observedGeneration, statusReplicas, updatedReplicas } = deployment;
  if (observedGeneration < generation) {
    return `Deployment ${name}: its controller has not acted on the last change yet`;
  }
  if (updatedReplicas !== statusReplicas) {
    return `Deployment ${name} is being rolled out: ${String(updatedReplicas)} of ${String(statusReplicas)} pods are of the present version`;
  }
  const owners = new Set(pods.flatMap(({ owner }) => owner ?? []));
  return owners.size > 1
    ? `Deployment ${name}: its pods belong to ${String(owners.size)} versions`
    : undefined;
}

function selectorText({
  matchLabels,
  matchExpressions,
}: z.infer<typeof DEPLOYMENT>['spec']['selector']): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map(({ key, operator, values }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...labels, ...expressions].join(',');
}
