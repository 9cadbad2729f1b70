import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { StackFunction } from '../../cli/cluster/stack-file.ts';

const repository = join(import.meta.dirname, '..', '..');

const templateSchema = z.object({ fprocess: z.string() });

/** What every probe of the Community Edition asks, whatever a function says. */
const PROBE = {
  httpGet: { path: '/_/health', port: 8080 },
  ...{ initialDelaySeconds: 2, periodSeconds: 2, timeoutSeconds: 1, failureThreshold: 3 },
};

export interface DeployedFunction {
  readonly name: string;
  readonly source: StackFunction;
  readonly image: string;
}

/**
 * The objects that the Community Edition of OpenFaaS (faas-netes 0.18.17) makes of a function in a stack file: no grace
 * of its own, no service account, no replicas. Two things differ, for a machine that can pull nothing and has two cores:
 * the image is taken where it is there, and next to nothing is requested.
 */
export function communityObjects({ name, source, image }: DeployedFunction): object[] {
  const selector = { faas_function: name };
  const { annotations } = source;
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: selector, annotations },
    spec: {
      selector: { matchLabels: selector },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      revisionHistoryLimit: 10,
      template: {
        metadata: { labels: { ...source.labels, ...selector }, annotations },
        spec: { containers: [container(name, source, image)], volumes: volumes(name, source) },
      },
    },
  };
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, annotations },
    spec: { type: 'ClusterIP', selector, ports: [{ name: 'http', port: 8080, targetPort: 8080 }] },
  };
  return [deployment, service];
}

function container(name: string, source: StackFunction, image: string): object {
  const template = readFileSync(join(repository, 'template', source.lang, 'template.yml'), 'utf8');
  const { fprocess } = templateSchema.parse(parse(template));
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    env: Object.entries({ fprocess, ...source.environment }).map(([key, value]) => ({ name: key, value })),
    ports: [{ name: 'http', containerPort: 8080 }],
    livenessProbe: PROBE,
    readinessProbe: PROBE,
    resources: { limits: source.limits, requests: { cpu: '10m', memory: '64Mi' } },
    securityContext: {
      readOnlyRootFilesystem: source.readonly_root_filesystem === 'true',
      // functions.setNonRootUser of its chart.
      runAsUser: 12_000,
    },
    volumeMounts: [
      { name: 'temp', mountPath: '/tmp' },
      { name: `${name}-projected-secrets`, mountPath: '/var/openfaas/secrets', readOnly: true },
    ],
  };
}

function volumes(name: string, { secrets }: StackFunction): object[] {
  const sources = secrets.map((secret) => ({
    secret: { name: secret, items: [{ key: secret, path: secret }] },
  }));
  return [
    { name: 'temp', emptyDir: {} },
    { name: `${name}-projected-secrets`, projected: { sources } },
  ];
}

/** What another `faas-cli deploy` of the same function changes: it rolls all its pods, and leaves their number alone. */
export function redeployPatch(revision: number): string {
  return JSON.stringify({
    spec: { template: { metadata: { labels: { uid: String(revision) } } } },
  });
}
