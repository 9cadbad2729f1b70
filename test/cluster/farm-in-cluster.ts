import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { waitUntil } from '../../cli/cluster/wait-until.ts';
import type { Kubectl } from './kubectl.ts';

/** How the farm of a scenario differs from `overlay/`. */
export interface FarmOptions {
  /** Replicas of the worker pool; 1 by default. */
  readonly workers?: number;
  /** Whether the autoscaler runs; without it, nothing scales but the scenario. */
  readonly autoscaler?: boolean;
  /** Variables by Deployment, over those of the manifests. */
  readonly environment?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Further patches of the kustomization, as strategic-merge documents. */
  readonly patches?: readonly object[];
  /** Objects to be there before the farm: a ConfigMap with policies, for example. */
  readonly before?: readonly object[];
}

/** What opens the doors of a farm. */
export interface FarmSecrets {
  readonly token: string;
  readonly redisPassword: string;
}

/** Images are there already; what takes time is several Node processes that start at once on a busy machine. */
const READY_SECONDS = 180;
const overlay = join(import.meta.dirname, 'overlay');

/** Makes a namespace with a farm in it, out of the manifests that users get, and waits until all of it is ready. */
export async function deployFarm(
  kubectl: Kubectl,
  namespace: string,
  options: FarmOptions,
  signal: AbortSignal,
): Promise<FarmSecrets> {
  const secrets = { token: randomBytes(16).toString('hex'), redisPassword: randomBytes(16).toString('hex') };
  await kubectl.run(['create', 'namespace', namespace]);
  await kubectl.apply(
    [
      secret('farmhand-token', secrets.token),
      secret('farmhand-redis-password', secrets.redisPassword),
      ...(options.before ?? []),
    ],
    namespace,
  );
  const folder = mkdtempSync(join(tmpdir(), 'farmhand-overlay-'));
  try {
    writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization(folder, options)));
    await kubectl.run(['apply', '--namespace', namespace, '--kustomize', folder]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  await farmReady(kubectl, namespace, signal);
  return secrets;
}

/** Every Deployment and Redis as many as wanted, and ready. */
export async function farmReady(kubectl: Kubectl, namespace: string, signal?: AbortSignal): Promise<void> {
  const columns =
    'jsonpath={range .items[*]}{.metadata.name} {.spec.replicas} {.status.replicas} {.status.readyReplicas} {.status.updatedReplicas}{"\\n"}{end}';
  await waitUntil(
    `the farm in ${namespace} to be ready`,
    async () => {
      const text = await kubectl.run([
        'get',
        'deployments,statefulsets',
        '--namespace',
        namespace,
        '-o',
        columns,
      ]);
      const waiting = text
        .trim()
        .split('\n')
        .filter((line) => !isComplete(line));
      if (waiting.length > 0) throw new Error(`not yet: ${waiting.join('; ')}`);
      return true;
    },
    { seconds: READY_SECONDS, pollMilliseconds: 500, ...(signal === undefined ? {} : { signal }) },
  );
}

/** Where nothing runs and nothing is wanted, kubectl prints less than the four numbers. */
function isComplete(line: string): boolean {
  const [, wanted = '0', ...counts] = line.trim().split(/\s+/);
  return wanted === '0'
    ? counts.length === 0 || counts.every((count) => count === '0')
    : counts.length === 3 && counts.every((count) => count === wanted);
}

function kustomization(folder: string, options: FarmOptions): object {
  const replicas = [{ name: 'farm-worker', count: options.workers ?? 1 }];
  if (options.autoscaler !== true) replicas.push({ name: 'autoscaler', count: 0 });
  const patches = [...environmentPatches(options.environment ?? {}), ...(options.patches ?? [])];
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [relative(folder, overlay)],
    replicas,
    patches: patches.map((patch) => ({ patch: JSON.stringify(patch) })),
  };
}

/** The container of each Deployment is called like the part that it runs. */
const CONTAINERS: Readonly<Record<string, string>> = { 'farm-worker': 'worker' };

function environmentPatches(environment: NonNullable<FarmOptions['environment']>): object[] {
  return Object.entries(environment).map(([name, variables]) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: CONTAINERS[name] ?? name,
              env: Object.entries(variables).map(([key, value]) => ({ name: key, value })),
            },
          ],
        },
      },
    },
  }));
}

function secret(name: string, value: string): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { [name]: value } };
}
