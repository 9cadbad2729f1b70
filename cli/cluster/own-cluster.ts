import { rmSync } from 'node:fs';
import { z } from 'zod';
import { identityOf, isAlive } from '../local/process-identity.ts';
import type { ProcessIdentity } from '../local/process-identity.ts';
import { Access } from './access.ts';
import { ApiClient } from './api-client.ts';
import { clusterDns } from './cluster-dns.ts';
import { ClusterFolder } from './cluster-folder.ts';
import { PartStarter, stopProcess } from './cluster-part.ts';
import type { PartCommand } from './cluster-part.ts';
import { ClusterStateFile } from './cluster-state.ts';
import type { ClusterState } from './cluster-state.ts';
import { apiServer, controllerManager, etcd, freePort, scheduler } from './control-plane.ts';
import type { ControlPlanePlan } from './control-plane.ts';
import { makeControlGroup, removeControlGroup } from './control-groups.ts';
import { ensureDebianParts } from './debian-parts.ts';
import { ensureKubernetes } from './kubernetes-binary.ts';
import { endContainers, removeLogLinks, unmountAll } from './leftovers.ts';
import { makeBridge, removeNetwork } from './network.ts';
import { containerd, kubelet, kubeProxy } from './node-parts.ts';
import { importPauseImage } from './pause-image.ts';
import { waitUntil } from './wait-until.ts';

/** The order in which the parts are stopped, each with its grace; what is not named comes before all of them. */
const STOP_ORDER: readonly (readonly [name: string, graceSeconds: number])[] = [
  ['dockerd', 15],
  ['kube-scheduler', 5],
  ['kube-controller-manager', 5],
  ['kubelet', 5],
  ['kube-proxy', 5],
  ['coredns', 6],
  ['kube-apiserver', 10],
  ['etcd', 5],
];
const POD_GRACE_SECONDS = 1;
const PODS_GONE_SECONDS = 20;

export interface UpOptions {
  /** The cluster ends with this process: a later one takes it for a leftover when it is gone. */
  readonly endsWithMe: boolean;
  readonly signal?: AbortSignal;
}

/** A one-node Kubernetes of this machine's own, out of real parts: up, down, and cleaned up after a crash. */
export class OwnCluster {
  readonly folder: ClusterFolder;
  readonly state: ClusterStateFile;
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void, folder: ClusterFolder = new ClusterFolder()) {
    this.#say = say;
    this.folder = folder;
    this.state = new ClusterStateFile(folder);
  }

  /** What is written down of a cluster that runs: all its parts are there. */
  running(): ClusterState | undefined {
    const state = this.state.read();
    if (state?.ready !== true || !state.parts.every((part) => part.name === 'dockerd' || isAlive(part)))
      return undefined;
    return state;
  }

  /** The process that the cluster belongs to, if that lives. */
  owner(): ProcessIdentity | undefined {
    const owner = this.state.read()?.owner;
    return owner !== undefined && isAlive(owner) ? owner : undefined;
  }

  /** Brings the cluster up; whatever an earlier one has left is cleaned away first. Where it fails, nothing stays. */
  async up({ endsWithMe, signal }: UpOptions): Promise<void> {
    await ensureDebianParts(this.#say);
    const programs = await ensureKubernetes(this.folder, this.#say);
    signal?.throwIfAborted();
    await this.down();
    this.folder.prepare();
    const owner = endsWithMe ? identityOf(process.pid) : undefined;
    this.state.write({ version: 1, parts: [], ready: false, ...(owner === undefined ? {} : { owner }) });
    try {
      await this.#start(programs, signal);
      this.state.change({ ready: true });
    } catch (error) {
      await this.down();
      throw error;
    }
  }

  /** Takes everything away; does nothing where there is nothing. */
  async down(): Promise<void> {
    const state = this.state.read();
    if (state === undefined) return;
    const parts = new Map(state.parts.map((part) => [part.name, part]));
    const stop = async (name: string, grace: number): Promise<void> => {
      const part = parts.get(name);
      if (part !== undefined) await stopProcess(part, grace);
    };
    for (const [name, grace] of STOP_ORDER) {
      await stop(name, grace);
      // Nobody makes new ones now, and the kubelet is still there to end them.
      if (name === 'kube-controller-manager') await this.#deletePods(state);
    }
    await endContainers(this.folder);
    await stop('containerd', 5);
    await unmountAll(this.folder);
    await removeNetwork(this.state);
    removeControlGroup();
    removeLogLinks(this.folder);
    rmSync(this.folder.run, { recursive: true, force: true });
  }

  async #start(programs: { kubernetes: string; pause: string }, signal?: AbortSignal): Promise<void> {
    const { folder } = this;
    const { kubernetes } = programs;
    await makeBridge(this.state);
    makeControlGroup();
    const starter = new PartStarter(folder, this.state, signal);
    const access = Access.create(folder);
    const plan: ControlPlanePlan = { folder, access, kubernetes, etcdPort: await freePort() };
    const start = (...parts: PartCommand[]): Promise<unknown> =>
      Promise.all(parts.map((part) => starter.start(part)));
    await start(etcd(plan), containerd(plan));
    await Promise.all([importPauseImage(folder, programs.pause), start(apiServer(plan))]);
    await start(controllerManager(plan), scheduler(plan), kubelet(plan), kubeProxy(plan), clusterDns(plan));
  }

  /** Asks Kubernetes to end the pods; where it cannot any more, their processes are ended later. */
  async #deletePods(state: ClusterState): Promise<void> {
    if (
      !['kube-apiserver', 'kubelet'].every((name) =>
        state.parts.some((each) => each.name === name && isAlive(each)),
      )
    )
      return;
    const api = new ApiClient(this.folder.kubeconfig);
    try {
      const list = podListSchema.parse(await api.get('/api/v1/pods'));
      for (const { metadata } of list.items) {
        await api.send('DELETE', `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`, {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          gracePeriodSeconds: POD_GRACE_SECONDS,
        });
      }
      await waitUntil(
        'the pods to end',
        async () => podListSchema.parse(await api.get('/api/v1/pods')).items.length === 0,
        { seconds: PODS_GONE_SECONDS, pollMilliseconds: 200 },
      );
    } catch {
      this.#say('the pods have not ended by themselves; ending their processes');
    }
  }
}

const podListSchema = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string(), namespace: z.string() }) })),
});
