import type * as Kubernetes from '@kubernetes/client-node';
import type { AppsV1Api, CoreV1Api, KubeConfig, RequestContext } from '@kubernetes/client-node';
import { PoolFailure } from './pool.ts';
import { isPrivate, isToken } from './kubernetes-credentials.ts';
import type { KubernetesAccess } from './kubernetes-credentials.ts';
import { DELETION_COST, seeDeployment, seePod } from './kubernetes-objects.ts';
import type { DeploymentSeen, PodSeen } from './kubernetes-objects.ts';
import { Throttled, failureOf } from './kubernetes-reply.ts';

export interface KubernetesClientParts {
  /** Asked before every call: credentials are rotated in place. @throws PoolFailure */
  readonly access: () => KubernetesAccess;
  /** Own monotonic clock, in seconds: durations only. */
  readonly clock: () => number;
  /** How long one call may take. */
  readonly timeoutSeconds?: number;
}

/** A step has a lease of 6 s, and waits 3 s of it for workers. */
const TIMEOUT_SECONDS = 2;

type Library = typeof Kubernetes;

interface Connection {
  readonly access: string;
  readonly namespace: string;
  readonly apps: AppsV1Api;
  readonly core: CoreV1Api;
}

/**
 * The door to Kubernetes: looks at Deployments and their pods, scales, and marks pods. Every call has a time limit, and
 * every failure is a PoolFailure that says what to do.
 */
export class KubernetesClient {
  readonly #parts: KubernetesClientParts;
  #connection: Connection | undefined;
  /** By the own clock; before that the API asks to be left alone. */
  #throttledUntil = 0;

  constructor(parts: KubernetesClientParts) {
    this.#parts = parts;
  }

  deployment(name: string): Promise<DeploymentSeen> {
    return this.#call(`get deployment ${name}`, async ({ apps, namespace }) =>
      seeDeployment(await apps.readNamespacedDeployment({ name, namespace })),
    );
  }

  /** Those that Kubernetes counts: without pods that are being deleted or have ended. */
  pods(selector: string): Promise<readonly PodSeen[]> {
    return this.#call(`list pods ${selector}`, async ({ core, namespace }) => {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector: selector });
      return items.flatMap((pod) => seePod(pod) ?? []);
    });
  }

  /** Changes the count if the Deployment is still as it was seen; returns what the API says it is now. */
  scale({ name, replicas, resourceVersion }: DeploymentSeen, to: number): Promise<number> {
    // The API leaves a count of 0 out of what it tests.
    const test =
      replicas === 0
        ? { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion }
        : { op: 'test', path: '/spec/replicas', value: replicas };
    const body = [test, { op: 'add', path: '/spec/replicas', value: to }];
    return this.#call(`scale deployment ${name} to ${String(to)}`, async (connection, library) => {
      const { apps, namespace } = connection;
      const type = library.setHeaderOptions('Content-Type', library.PatchStrategy.JsonPatch);
      const { spec } = await apps.patchNamespacedDeploymentScale({ name, namespace, body }, type);
      if (spec === undefined) throw new Error('expected a Scale with its specification');
      return spec.replicas ?? 0;
    });
  }

  /**
   * Sets a pod's deletion cost, or takes it away, and reads it again from what the API server shows its controllers:
   * who chooses the pods to remove then knows it too, or is about to.
   *
   * @throws PoolFailure `conflict` where the pod is going already
   */
  async setDeletionCost(pod: string, cost: string | undefined): Promise<void> {
    const call = `mark pod ${pod}`;
    const body = { metadata: { annotations: { [DELETION_COST]: cost ?? null } } };
    const seen = await this.#call(call, async ({ core, namespace }, library) => {
      const type = library.setHeaderOptions('Content-Type', library.PatchStrategy.MergePatch);
      const { metadata } = await core.patchNamespacedPod({ name: pod, namespace, body }, type);
      const fieldSelector = `metadata.name=${pod}`;
      const resourceVersion = metadata?.resourceVersion ?? '0';
      const { items } = await core.listNamespacedPod({ namespace, fieldSelector, resourceVersion });
      return items.flatMap((item) => seePod(item) ?? [])[0];
    });
    const isDone = seen === undefined ? cost === undefined : seen.deletionCost === cost;
    if (isDone) return;
    throw new PoolFailure('conflict', `Pod ${pod} is going already, or somebody else marks it too (${call})`);
  }

  async #call<T>(call: string, use: (connection: Connection, library: Library) => Promise<T>): Promise<T> {
    const waitSeconds = this.#throttledUntil - this.#parts.clock();
    if (waitSeconds > 0) throw new Throttled(waitSeconds, call);
    // 65 MB that a pool of processes does not need.
    const library = await import('@kubernetes/client-node');
    try {
      return await use(this.#connect(library), library);
    } catch (error) {
      throw this.#failure(error, call, library);
    }
  }

  #failure(error: unknown, call: string, { ApiException }: Library): PoolFailure {
    if (error instanceof PoolFailure) return error;
    if (!(error instanceof ApiException)) {
      return new PoolFailure('poolAway', `Kubernetes does not answer: ${causeOf(error)} (${call})`, {
        cause: error,
      });
    }
    const wait = Number(error.headers['retry-after']);
    const retryAfterSeconds = Number.isFinite(wait) ? wait : undefined;
    const failure = failureOf({ status: error.code, body: error.body, retryAfterSeconds }, call);
    if (failure instanceof Throttled) {
      this.#throttledUntil = this.#parts.clock() + failure.retryAfterSeconds;
    }
    return failure;
  }

  /** The same connection as long as the credentials are the same. */
  #connect(library: Library): Connection {
    const access = this.#parts.access();
    const key = JSON.stringify(access);
    if (this.#connection?.access === key) return this.#connection;
    const config = configOf(access, library);
    const server = config.getCurrentCluster()?.server ?? refuse('names no cluster in its current context');
    const configuration = library.createConfiguration({
      baseServer: new library.ServerConfiguration(server, {}),
      authMethods: { default: new Authentication(config, this.#parts.timeoutSeconds ?? TIMEOUT_SECONDS) },
    });
    this.#connection = {
      access: key,
      namespace: access.namespace ?? config.getContextObject(config.currentContext)?.namespace ?? 'default',
      apps: new library.AppsV1Api(configuration),
      core: new library.CoreV1Api(configuration),
    };
    return this.#connection;
  }
}

/**
 * Gives every request its credentials and its time limit. The library would open a connection of its own for every
 * request: its dispatcher is kept.
 */
class Authentication {
  readonly #config: KubeConfig;
  readonly #timeoutSeconds: number;
  #dispatcher: ReturnType<RequestContext['getDispatcher']>;

  constructor(config: KubeConfig, timeoutSeconds: number) {
    this.#config = config;
    this.#timeoutSeconds = timeoutSeconds;
  }

  getName(): string {
    return 'kubernetes';
  }

  async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await this.#config.applySecurityAuthentication(context);
    this.#dispatcher ??= context.getDispatcher();
    if (this.#dispatcher !== undefined) context.setDispatcher(this.#dispatcher);
    context.setSignal(AbortSignal.timeout(this.#timeoutSeconds * 1000));
  }
}

function configOf(access: KubernetesAccess, library: Library): KubeConfig {
  const config = new library.KubeConfig();
  if (access.kind === 'kubeconfig') {
    loadKubeconfig(config, access.text);
    return config;
  }
  const { url, token, authority } = access;
  const isClear = url.startsWith('http:');
  config.loadFromClusterAndUser(
    {
      name: 'cluster',
      server: url,
      skipTLSVerify: isClear,
      ...(authority === undefined ? {} : { caData: Buffer.from(authority).toString('base64') }),
    },
    { name: 'autoscaler', token },
  );
  return config;
}

function loadKubeconfig(config: KubeConfig, text: string): void {
  try {
    config.loadFromString(text);
  } catch {
    // Why not is left out: the error quotes the lines around the fault, and a token may stand in them.
    refuse('cannot be read: expected YAML as `kubectl config view --raw` writes it');
  }
  const fault = userFault(config) ?? addressFault(config.getCurrentCluster()?.server);
  if (fault !== undefined) refuse(fault);
}

function userFault(config: KubeConfig): string | undefined {
  const user = config.getCurrentUser();
  if (user?.exec !== undefined || user?.authProvider !== undefined) {
    return 'runs a program to log in: use one with a token or a client certificate';
  }
  return isToken(user?.token ?? 'none') ? undefined : 'has a token that holds more than one word';
}

function addressFault(server: string | undefined): string | undefined {
  if (server === undefined) return undefined;
  if (server.includes('@')) return 'names somebody in the address of its server';
  const why = 'names a server that does not begin with https://: the token would travel in clear';
  return isPrivate(server) ? undefined : why;
}

function refuse(what: string): never {
  throw new PoolFailure('forbidden', `The kubeconfig that KUBERNETES_KUBECONFIG_SECRET names ${what}.`);
}

/** `fetch failed` says nothing: what failed is its cause. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
