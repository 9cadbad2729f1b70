import { mkdirSync } from 'node:fs';
import { z } from 'zod';
import { ApiClient } from './api-client.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import type { PartCommand } from './cluster-part.ts';
import { CONTROL_GROUP } from './control-groups.ts';
import { answersOk } from './control-plane.ts';
import { DEBIAN_PARTS } from './debian-parts.ts';
import { NETWORK } from './network.ts';
import { runProgram } from './run-program.ts';

export const PAUSE_IMAGE = 'docker.io/farmhand/pause:1';
const NODE = 'node-1';

export interface NodePlan {
  readonly folder: ClusterFolder;
  readonly kubernetes: string;
}

/** Starts containers. It is the cluster's own: the machine's containerd, if there is one, is not touched. */
export function containerd({ folder }: NodePlan): PartCommand {
  const network = folder.inRun('settings', 'cni');
  mkdirSync(network, { recursive: true });
  folder.writeFile(`${network}/10-farmhand.conflist`, JSON.stringify(podNetwork(folder)));
  const settings = folder.writeSettings(
    'containerd.toml',
    `version = 2
root = "${folder.inRun('containerd', 'root')}"
state = "${folder.inRun('containerd', 'state')}"
disabled_plugins = [${['aufs', 'btrfs', 'devmapper', 'zfs'].map((name) => `"io.containerd.snapshotter.v1.${name}"`).join(', ')}]
[grpc]
  address = "${socketOf(folder)}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  # Without the right to lower a score, no sandbox would start.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "${network}"
`,
  );
  return {
    name: 'containerd',
    command: DEBIAN_PARTS.containerd.path,
    parameters: ['--config', settings],
    isReady: async () => (await ctr(folder, ['version'])) !== '',
  };
}

export function kubelet({ folder, kubernetes }: NodePlan): PartCommand {
  const settings = folder.writeSettings(
    'kubelet.json',
    JSON.stringify({
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      address: NETWORK.address,
      healthzBindAddress: NETWORK.address,
      // Only the bridge leads there; the API server brings no certificate of its own.
      authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
      authorization: { mode: 'AlwaysAllow' },
      containerRuntimeEndpoint: `unix://${socketOf(folder)}`,
      cgroupDriver: 'cgroupfs',
      cgroupRoot: CONTROL_GROUP,
      failCgroupV1: false,
      failSwapOn: false,
      makeIPTablesUtilChains: false,
      enforceNodeAllocatable: [],
      // A full disk of the machine is not the cluster's to mend.
      evictionHard: {
        'memory.available': '50Mi',
        'nodefs.available': '0%',
        'nodefs.inodesFree': '0%',
        'imagefs.available': '0%',
      },
      imageGCHighThresholdPercent: 100,
      imageGCLowThresholdPercent: 99,
      clusterDNS: [NETWORK.address],
      clusterDomain: 'cluster.local',
      resolvConf: folder.writeSettings('resolv.conf', `nameserver ${NETWORK.address}\n`),
      podLogsDir: folder.inRun('pod-logs'),
      volumePluginDir: folder.inRun('kubelet', 'volume-plugins'),
      registryPullQPS: 0,
      // A farm's pods come in dozens at once.
      kubeAPIQPS: 100,
      kubeAPIBurst: 200,
    }),
  );
  const api = new ApiClient(folder.kubeconfig);
  return {
    name: 'kubelet',
    command: kubernetes,
    parameters: [
      'kubelet',
      `--config=${settings}`,
      `--kubeconfig=${folder.kubeconfig}`,
      `--node-ip=${NETWORK.address}`,
      `--hostname-override=${NODE}`,
      `--root-dir=${folder.inRun('kubelet')}`,
      `--cert-dir=${folder.inRun('certificates-of-kubelet')}`,
    ],
    isReady: async () => isNodeReady(await api.get(`/api/v1/nodes/${NODE}`)),
  };
}

export function kubeProxy({ folder, kubernetes }: NodePlan): PartCommand {
  return {
    name: 'kube-proxy',
    command: kubernetes,
    parameters: [
      'kube-proxy',
      `--kubeconfig=${folder.kubeconfig}`,
      '--proxy-mode=nftables',
      `--cluster-cidr=${NETWORK.pods}`,
      `--hostname-override=${NODE}`,
      '--conntrack-max-per-core=0',
      `--healthz-bind-address=${NETWORK.address}:10256`,
      `--metrics-bind-address=${NETWORK.address}:10249`,
    ],
    isReady: () => answersOk(`http://${NETWORK.address}:10256/healthz`),
  };
}

/** Runs containerd's command line against the cluster's containerd. */
export function ctr(folder: ClusterFolder, parameters: readonly string[]): Promise<string> {
  return runProgram(DEBIAN_PARTS.ctr.path, [
    '--address',
    socketOf(folder),
    '--namespace',
    'k8s.io',
    ...parameters,
  ]);
}

export function socketOf(folder: ClusterFolder): string {
  return folder.inRun('containerd.sock');
}

function podNetwork(folder: ClusterFolder): unknown {
  return {
    cniVersion: '1.0.0',
    name: 'farmhand',
    plugins: [
      {
        type: 'bridge',
        bridge: NETWORK.bridge,
        isGateway: true,
        ipMasq: false,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          dataDir: folder.inRun('addresses'),
          ranges: [[{ subnet: NETWORK.pods }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  };
}

const nodeSchema = z.object({
  status: z.object({ conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]) }),
});

function isNodeReady(node: unknown): boolean {
  if (node === undefined) return false;
  return nodeSchema
    .parse(node)
    .status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
}
