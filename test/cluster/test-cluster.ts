import { ensureKubernetes } from '../../cli/cluster/kubernetes-binary.ts';
import { loadImages } from '../../cli/cluster/cluster-images.ts';
import type { BuildRequest, BuiltImage } from '../../cli/cluster/image-builder.ts';
import { ctr } from '../../cli/cluster/node-parts.ts';
import { OwnCluster } from '../../cli/cluster/own-cluster.ts';
import { PartsMissing } from '../../cli/cluster/parts-missing.ts';
import { runProgram } from '../../cli/cluster/run-program.ts';
import { signalProcess } from '../../cli/local/process-identity.ts';
import { repositoryFolder } from '../../cli/setup/packages.js';
import { Kubectl } from './kubectl.ts';
import { PortForward } from './port-forward.ts';

/** How the images under test are called. */
export const IMAGES = {
  prefix: 'farmhand',
  tag: 'test',
  nextTag: 'test2',
  tensorflowTag: 'tensorflow',
} as const;

/** The cluster that the scenarios run on: one of this machine's own, or the one that KUBECONFIG names. */
export interface TestCluster {
  readonly kubectl: Kubectl;
  /** What only a cluster can do whose processes are at hand. */
  readonly own: OwnParts | undefined;
  /** Those that this run has built. */
  readonly images: readonly BuiltImage[];
  /** Builds the images of the functions, and hands them to it; on request also the autoscaler's with TensorFlow.js. */
  loadImages(wanted: { readonly tensorflow: boolean }): Promise<void>;
  /** Where this machine reaches a service. */
  addressOf(namespace: string, service: string, port: number): Promise<string>;
  /** Nobody asks for a service of that namespace any more. */
  leave(namespace: string): void;
  /** Takes down what was brought up. */
  close(): Promise<void>;
}

/** The processes behind an own cluster. */
export class OwnParts {
  readonly cluster: OwnCluster;

  constructor(cluster: OwnCluster) {
    this.cluster = cluster;
  }

  /** Stops a part, `kube-apiserver` for example, in the middle of whatever it does; `thaw` lets it go on. */
  freeze(part: string): void {
    this.#signal(part, 'SIGSTOP');
  }

  thaw(part: string): void {
    this.#signal(part, 'SIGCONT');
  }

  /** The process number of a container on this machine. @param containerId as the pod's status has it */
  async pidOf(containerId: string): Promise<number> {
    const id = containerId.replace(/^containerd:\/\//, '');
    const lines = await ctr(this.cluster.folder, ['tasks', 'ls']);
    const pid = lines
      .split('\n')
      .map((line) => line.split(/\s+/))
      .find(([each]) => each === id)?.[1];
    if (pid === undefined) throw new Error(`Expected a running container ${id}.`);
    return Number(pid);
  }

  #signal(name: string, signal: NodeJS.Signals): void {
    const part = this.cluster.state.read()?.parts.find((each) => each.name === name);
    if (part === undefined || !signalProcess(part, signal)) throw new Error(`${name} does not run.`);
  }
}

export interface ClusterChoice {
  /** The kubeconfig of a cluster that is there. */
  readonly kubeconfig: string | undefined;
  /** Leave an own cluster up at the end. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** @throws PartsMissing where there is none, and none can be made */
export async function openCluster(choice: ClusterChoice): Promise<TestCluster> {
  const { kubeconfig, keep, say, signal } = choice;
  const own = new OwnCluster(say);
  const isOwn = kubeconfig === own.folder.kubeconfig;
  if (kubeconfig !== undefined && !isOwn) return otherCluster(kubeconfig, say);
  const isKept = own.running() !== undefined && own.state.read()?.owner === undefined;
  const stays = keep || isKept;
  if (isKept) {
    say(`using the cluster that is kept up: ${own.folder.kubeconfig}`);
  } else {
    if (isOwn) throw new Error(`KUBECONFIG names ${kubeconfig}, but that cluster is not up.`);
    const owner = own.owner();
    if (owner !== undefined) throw new Error(`Another test run has the cluster: process ${owner.pid}.`);
    await own.up({ endsWithMe: !keep, signal });
  }
  const { kubernetes } = await ensureKubernetes(own.folder, say);
  const kubectl = new Kubectl([kubernetes, 'kubectl'], own.folder.kubeconfig);
  const images: BuiltImage[] = [];
  return {
    kubectl,
    own: new OwnParts(own),
    images,
    loadImages: async ({ tensorflow }) => {
      const request = { repository: repositoryFolder, names: { prefix: IMAGES.prefix, tag: IMAGES.tag } };
      const requests: BuildRequest[] = [request];
      if (tensorflow) {
        requests.push({
          ...request,
          names: { prefix: IMAGES.prefix, tag: IMAGES.tensorflowTag },
          functions: ['autoscaler'],
          environment: { AUTOSCALER_PACKAGES: '/packages/tensorflow' },
        });
      }
      images.push(...(await loadImages(own, requests, say, signal)));
      const worker = `docker.io/${IMAGES.prefix}/farmhand-worker`;
      // The next version of the worker: the same program by another name.
      const tags = [`${worker}:${IMAGES.tag}`, `${worker}:${IMAGES.nextTag}`];
      await ctr(own.folder, ['images', 'tag', '--force', ...tags]);
    },
    // Services of an own cluster are reached from its node, which this machine is.
    addressOf: async (namespace, service, port) => {
      const ip = await kubectl.run([
        'get',
        'service',
        service,
        '-n',
        namespace,
        '-o',
        'jsonpath={.spec.clusterIP}',
      ]);
      return `${ip}:${port}`;
    },
    leave: () => undefined,
    close: async () => {
      if (!stays) await own.down();
    },
  };
}

/** One that is there: kind, or a cloud's. Its images are pushed beforehand, or loaded with kind. */
async function otherCluster(kubeconfig: string, say: (line: string) => void): Promise<TestCluster> {
  const kubectl = new Kubectl(['kubectl'], kubeconfig);
  await kubectl.run(['version', '--client']).catch(() => {
    throw new PartsMissing('Expected kubectl on the PATH, for the cluster that KUBECONFIG names.');
  });
  const forwards = new Map<string, PortForward[]>();
  const leave = (namespace: string): void => {
    for (const forward of forwards.get(namespace) ?? []) forward.close();
    forwards.delete(namespace);
  };
  return {
    kubectl,
    own: undefined,
    images: [],
    loadImages: async ({ tensorflow }) => {
      const names = imagesOf(tensorflow);
      const context = (await kubectl.run(['config', 'current-context'])).trim();
      if (!context.startsWith('kind-')) {
        say(`nothing is built: taking ${names.join(', ')} as the nodes have them`);
        return;
      }
      say(`handing kind the images that Docker has: ${names.join(', ')}`);
      await runProgram('kind', ['load', 'docker-image', '--name', context.slice('kind-'.length), ...names]);
    },
    addressOf: (namespace, service, port) => {
      const forward = new PortForward(kubectl, { namespace, service, port });
      forwards.set(namespace, [...(forwards.get(namespace) ?? []), forward]);
      return forward.open();
    },
    leave,
    close: () => {
      for (const namespace of forwards.keys()) leave(namespace);
      return Promise.resolve();
    },
  };
}

/** What scenarios ask for by name. */
function imagesOf(tensorflow: boolean): readonly string[] {
  const { prefix, tag, nextTag, tensorflowTag } = IMAGES;
  const image = (name: string, version: string): string => `${prefix}/farmhand-${name}:${version}`;
  return [
    ...['emitter', 'worker', 'collector', 'autoscaler'].map((name) => image(name, tag)),
    image('worker', nextTag),
    ...(tensorflow ? [image('autoscaler', tensorflowTag)] : []),
    `${prefix}/redis:debian`,
  ];
}
