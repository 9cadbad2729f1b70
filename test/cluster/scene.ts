import { FarmClient, Refused } from '../../cli/farm-client.ts';
import { waitUntil } from '../../cli/cluster/wait-until.ts';
import { heldTotal, resultsTotal } from '../../shared/farm/counters.ts';
import type { Counters } from '../../shared/farm/counters.ts';
import { audit } from '../../shared/io/redis/audit.ts';
import { Control } from '../../shared/io/redis/control.ts';
import { openFarm } from '../../shared/io/redis/open-farm.ts';
import type { OpenFarm } from '../../shared/io/redis/open-farm.ts';
import { deployFarm, farmReady } from './farm-in-cluster.ts';
import type { FarmOptions, FarmSecrets } from './farm-in-cluster.ts';
import { PodHistory } from './pod-history.ts';
import { podListSchema } from './pod.ts';
import type { Pod } from './pod.ts';
import type { TestCluster } from './test-cluster.ts';

const SETTLED_SECONDS = 300;

/** How a farm stands in which nothing moves any more. */
export interface SettledFarm {
  readonly dropped: number;
  readonly duplicated: number;
  readonly complaints: readonly string[];
  readonly admitted: number;
  readonly results: number;
  readonly qosPercent: number;
  readonly counters: Counters;
}

/** A farm of its own in the cluster, for one scenario, and everything that can be done with it. */
export class Scene {
  readonly cluster: TestCluster;
  readonly namespace: string;
  readonly token: string;
  readonly emitterUrl: string;
  readonly collectorUrl: string;
  readonly autoscalerUrl: string;
  /** The farm's doors, as the command line uses them: submit, load, results. */
  readonly client: FarmClient;
  /** The farm itself, through its Redis. */
  readonly farm: OpenFarm;
  readonly control: Control;
  /** Every pod of the namespace since it was made. */
  readonly history: PodHistory;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;

  private constructor(parts: SceneParts) {
    this.cluster = parts.cluster;
    this.namespace = parts.namespace;
    this.token = parts.secrets.token;
    this.history = parts.history;
    this.signal = parts.signal;
    this.say = parts.say;
    const [redis, emitter, collector, autoscaler] = parts.addresses;
    this.emitterUrl = `http://${emitter}`;
    this.collectorUrl = `http://${collector}`;
    this.autoscalerUrl = `http://${autoscaler}`;
    const doors = { emitter: this.emitterUrl, collector: this.collectorUrl, token: this.token };
    this.client = new FarmClient(doors, () => undefined, parts.signal);
    this.farm = openFarm({
      env: { FARM: 'farm', REDIS_URL: `redis://${redis}`, REDIS_PASSWORD_SECRET: 'password' },
      secret: (name) => (name === 'password' ? parts.secrets.redisPassword : undefined),
      reportDependency: () => undefined,
    });
    this.control = new Control(this.farm.store);
  }

  /** Deploys a farm in a namespace of its own and waits until it is ready. */
  static async open(place: ScenePlace, options: FarmOptions): Promise<Scene> {
    const { cluster, namespace, signal } = place;
    const history = new PodHistory(cluster.kubectl, namespace);
    try {
      const secrets = await deployFarm(cluster.kubectl, namespace, options, signal);
      const address = (service: string, port: number): Promise<string> =>
        cluster.addressOf(namespace, service, port);
      const addresses = await Promise.all([
        address('redis', 6379),
        address('emitter', 8080),
        address('collector', 8080),
        // Elsewhere, a service is reached through one of its pods.
        options.autoscaler === true ? address('autoscaler', 8080) : 'no-autoscaler.invalid',
      ]);
      const scene = new Scene({ ...place, secrets, addresses, history });
      await scene.#doorsOpen(options.autoscaler === true);
      return scene;
    } catch (error) {
      history.close();
      throw error;
    }
  }

  /** Runs kubectl in the namespace of the farm, as the administrator of the cluster. */
  readonly kubectl = (...parameters: string[]): Promise<string> =>
    this.cluster.kubectl.run(['--namespace', this.namespace, ...parameters]);

  apply(...manifests: object[]): Promise<void> {
    return this.cluster.kubectl.apply(manifests, this.namespace);
  }

  /** Pods that are there now, by part: farm-worker, emitter, collector, autoscaler, redis. */
  async pods(part: string): Promise<Pod[]> {
    const text = await this.kubectl('get', 'pods', '-l', `app.kubernetes.io/name=${part}`, '-o', 'json');
    return podListSchema.parse(JSON.parse(text)).items;
  }

  /** Scales a Deployment; resolves when as many pods are ready. */
  async scale(deployment: string, replicas: number): Promise<void> {
    await this.kubectl('scale', 'deployment', deployment, `--replicas=${replicas}`);
    await farmReady(this.cluster.kubectl, this.namespace, this.signal);
  }

  ready(): Promise<void> {
    return farmReady(this.cluster.kubectl, this.namespace, this.signal);
  }

  /** A pod is ready some time before its Service leads to it: whoever calls in between is refused. */
  async #doorsOpen(withAutoscaler: boolean): Promise<void> {
    const doors = [this.emitterUrl, this.collectorUrl, ...(withAutoscaler ? [this.autoscalerUrl] : [])];
    await Promise.all(
      doors.map((url) =>
        this.waitUntil(`an answer at ${url}`, async () => (await fetch(`${url}/_/health`)).ok),
      ),
    );
  }

  /** Asks until there is an answer. */
  waitUntil<T>(what: string, attempt: () => Promise<T | undefined | false>, seconds = 120): Promise<T> {
    return waitUntil(what, attempt, { seconds, pollMilliseconds: 200, signal: this.signal });
  }

  /** Begins a generated load at the emitter; see its README for the fields. */
  async load(spec: object): Promise<void> {
    await this.client.load('POST', spec);
  }

  async counters(): Promise<Counters> {
    return (await this.control.observe(0)).counters;
  }

  /** Resolves when no load runs and every admitted task has its Result; then holds the books against each other. */
  async settled(seconds = SETTLED_SECONDS): Promise<SettledFarm> {
    const store = this.farm.store;
    await this.waitUntil(
      'the farm to settle',
      async () => {
        if (await this.#isLoading()) return false;
        const { held } = await this.control.observe(0);
        return heldTotal(held) === 0;
      },
      seconds,
    );
    const { counters } = await this.control.observe(0);
    const results = resultsTotal(counters);
    const qosPercent = results === 0 ? Number.NaN : (100 * counters.met) / results;
    return { ...(await audit(store)), admitted: counters.admitted, results, qosPercent, counters };
  }

  async #isLoading(): Promise<boolean> {
    try {
      return ((await this.client.load('GET')) as { readonly state?: string }).state === 'running';
    } catch (error) {
      // This farm has had no load.
      if (error instanceof Refused && error.status === 404) return false;
      throw error;
    }
  }

  /** `settled`, and nothing may be lost or done twice. */
  async accountedFor(seconds = SETTLED_SECONDS): Promise<SettledFarm> {
    const settled = await this.settled(seconds);
    const { dropped, duplicated, complaints, admitted, results, qosPercent } = settled;
    this.say(
      `${admitted} tasks, ${results} Results, ${dropped} dropped, ${duplicated} duplicated, QoS ${qosPercent.toFixed(1)} %`,
    );
    if (dropped !== 0 || duplicated !== 0 || complaints.length > 0 || admitted !== results) {
      throw new Error(`The books do not add up: ${JSON.stringify(settled)}`);
    }
    return settled;
  }

  /** Prints how many pods of a part there were, and when. */
  sayReplicas(part = 'farm-worker'): void {
    const line = this.history
      .replicasOf(part)
      .map(({ atSeconds, ready, all }) => `${atSeconds.toFixed(1)} s: ${ready}/${all}`);
    this.say(`${part} ready/all: ${line.join(', ')}`);
  }

  /** Takes the farm away, with its namespace; does not wait for the end of it. */
  async close(): Promise<void> {
    this.farm.close();
    this.history.close();
    await removeNamespace(this.cluster, this.namespace);
  }
}

/** Where a scene is set up. */
export interface ScenePlace {
  readonly cluster: TestCluster;
  readonly namespace: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

interface SceneParts extends ScenePlace {
  readonly secrets: FarmSecrets;
  readonly history: PodHistory;
  readonly addresses: readonly [redis: string, emitter: string, collector: string, autoscaler: string];
}

/** The next scenario need not wait for the graces of this one. */
export async function removeNamespace(cluster: TestCluster, namespace: string): Promise<void> {
  const { kubectl } = cluster;
  cluster.leave(namespace);
  const quickly = ['--grace-period=1', '--wait=false', '--ignore-not-found'];
  await kubectl.run([
    'delete',
    'deployments,statefulsets',
    '--all',
    '-n',
    namespace,
    '--wait=false',
    '--ignore-not-found',
  ]);
  await kubectl.run(['delete', 'pods', '--all', '-n', namespace, ...quickly]);
  await kubectl.run(['delete', 'namespace', namespace, '--wait=false', '--ignore-not-found']);
}
