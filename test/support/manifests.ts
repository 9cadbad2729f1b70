import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

export const REPOSITORY = join(import.meta.dirname, '..', '..');

export const labels = z.record(z.string(), z.string());
export const selector = z.object({ matchLabels: labels });

const container = z.object({
  name: z.string(),
  image: z.string(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  lifecycle: z.object({ preStop: z.object({ sleep: z.object({ seconds: z.number() }) }) }).optional(),
  securityContext: z.record(z.string(), z.unknown()).default({}),
  resources: z.object({ requests: labels, limits: labels }).optional(),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })).default([]),
});

const volume = z.object({
  name: z.string(),
  projected: z.object({ sources: z.array(z.object({ secret: z.object({ name: z.string() }) })) }).optional(),
});

/** What the tests look at in the template of a Deployment's or StatefulSet's pods. */
const podTemplate = z.object({
  metadata: z.object({ labels }),
  spec: z.object({
    serviceAccountName: z.string().optional(),
    automountServiceAccountToken: z.boolean().optional(),
    terminationGracePeriodSeconds: z.number(),
    securityContext: z.record(z.string(), z.unknown()),
    topologySpreadConstraints: z.array(z.object({ labelSelector: selector })).default([]),
    containers: z.array(container),
    volumes: z.array(volume).default([]),
  }),
});

const workload = z.object({
  spec: z.object({ replicas: z.number().optional(), selector, template: podTemplate }),
});

export type Workload = z.infer<typeof workload>['spec'];

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }).optional(),
});

/** One object of a file below deploy/. */
export interface Manifest extends z.infer<typeof manifest> {
  /** From the root of the repository. */
  readonly file: string;
}

/** Every object written below deploy/, the kustomizations among them. */
export function manifestsOf(folder: string): Manifest[] {
  return readdirSync(join(REPOSITORY, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      const file = relative(REPOSITORY, path);
      return objectsIn(readFileSync(path, 'utf8'), file).map((object) => ({ ...object, file }));
    });
}

/** The objects of a YAML stream. @throws where a document is no YAML, or no object of Kubernetes */
export function objectsIn(text: string, source: string): z.infer<typeof manifest>[] {
  const documents = parseAllDocuments(text);
  if ('empty' in documents) return [];
  return documents.map((document) => {
    const error = document.errors[0];
    if (error !== undefined) throw new Error(`${source} is no YAML.`, { cause: error });
    return manifest.parse(document.toJS());
  });
}

/** What a Deployment or StatefulSet says of its pods; undefined for any other object. */
export function workloadOf(object: z.infer<typeof manifest>): Workload | undefined {
  if (object.kind !== 'Deployment' && object.kind !== 'StatefulSet') return undefined;
  return workload.parse(object).spec;
}

export function nameOf(object: z.infer<typeof manifest>): string {
  return `${object.kind} ${object.metadata?.name ?? ''}`.trim();
}
