import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Access } from './access.ts';
import { ApiClient } from './api-client.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import type { PartCommand } from './cluster-part.ts';
import { NETWORK } from './network.ts';

export interface ControlPlanePlan {
  readonly folder: ClusterFolder;
  readonly access: Access;
  /** The program that is every part of Kubernetes. */
  readonly kubernetes: string;
  /** Of etcd, on the loopback interface, where pods do not come. */
  readonly etcdPort: number;
}

export function etcd({ folder, kubernetes, etcdPort }: ControlPlanePlan): PartCommand {
  const url = `http://127.0.0.1:${etcdPort}`;
  return {
    name: 'etcd',
    command: kubernetes,
    parameters: [
      ...['etcd', '--data-dir', folder.inRun('etcd')],
      ...['--listen-client-urls', url, '--advertise-client-urls', url],
      // One member talks to nobody; this address is only required.
      ...['--listen-peer-urls', 'http://127.0.0.1:0'],
      // A cluster to try things with need not outlive a power cut.
      '--unsafe-no-fsync',
    ],
    isReady: () => answersOk(`${url}/health`),
  };
}

export function apiServer({ folder, access, kubernetes, etcdPort }: ControlPlanePlan): PartCommand {
  return {
    name: 'kube-apiserver',
    command: kubernetes,
    parameters: [
      'kube-apiserver',
      `--etcd-servers=http://127.0.0.1:${etcdPort}`,
      `--bind-address=${NETWORK.address}`,
      `--advertise-address=${NETWORK.address}`,
      '--secure-port=6443',
      `--cert-dir=${access.certificates}`,
      `--service-cluster-ip-range=${NETWORK.services}`,
      '--authorization-mode=RBAC',
      `--token-auth-file=${access.tokenFile}`,
      `--service-account-key-file=${access.serviceAccountKey}`,
      `--service-account-signing-key-file=${access.serviceAccountKey}`,
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      '--kubelet-preferred-address-types=InternalIP',
      '--allow-privileged=true',
    ],
    isReady: async () => {
      if (!existsSync(access.certificate)) return false;
      access.writeKubeconfig();
      return (await new ApiClient(folder.kubeconfig).send('GET', '/readyz')).status === 200;
    },
  };
}

export function controllerManager({ folder, access, kubernetes }: ControlPlanePlan): PartCommand {
  const api = new ApiClient(folder.kubeconfig);
  return {
    name: 'kube-controller-manager',
    command: kubernetes,
    parameters: [
      'kube-controller-manager',
      `--kubeconfig=${folder.kubeconfig}`,
      `--bind-address=${NETWORK.address}`,
      `--cert-dir=${folder.inRun('certificates-of-controllers')}`,
      // Without these two, pods get neither the certificate of the API server nor a token.
      `--root-ca-file=${access.certificate}`,
      `--service-account-private-key-file=${access.serviceAccountKey}`,
      '--leader-elect=false',
    ],
    isReady: async () => (await api.get('/api/v1/namespaces/default/serviceaccounts/default')) !== undefined,
  };
}

export function scheduler({ folder, kubernetes }: ControlPlanePlan): PartCommand {
  return {
    name: 'kube-scheduler',
    command: kubernetes,
    parameters: [
      'kube-scheduler',
      `--kubeconfig=${folder.kubeconfig}`,
      `--bind-address=${NETWORK.address}`,
      `--cert-dir=${folder.inRun('certificates-of-scheduler')}`,
      '--leader-elect=false',
    ],
    // The first pod shows it; nothing is placed before there is a node.
    isReady: () => Promise.resolve(true),
  };
}

/** A port of the loopback interface that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export function answersOk(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get(url, { timeout: 2000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => {
      resolve(false);
    });
  });
}
