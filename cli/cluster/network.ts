import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ClusterStateFile } from './cluster-state.ts';
import { DEBIAN_PARTS } from './debian-parts.ts';
import { PartsMissing } from './parts-missing.ts';
import { runProgram } from './run-program.ts';

const FORWARDING = '/proc/sys/net/ipv4/ip_forward';
const ADDRESS = '10.244.0.1';

/** The addresses of the cluster. Its parts listen on the bridge only: nobody outside of this machine reaches them. */
export const NETWORK = {
  bridge: 'farm0',
  address: ADDRESS,
  pods: '10.244.0.0/16',
  services: '10.96.0.0/16',
  apiServer: `https://${ADDRESS}:6443`,
} as const;

/** Makes the bridge that pods hang on. */
export async function makeBridge(state: ClusterStateFile): Promise<void> {
  const { bridge, address } = NETWORK;
  await ip('link', 'add', bridge, 'type', 'bridge').catch((error: unknown) => {
    throw new PartsMissing(`No bridge can be made here. ${String(error)}`);
  });
  await ip('addr', 'add', `${address}/16`, 'dev', bridge);
  await ip('link', 'set', bridge, 'up');
  state.change({ forwarding: readFileSync(FORWARDING, 'utf8').trim() });
  writeFileSync(FORWARDING, '1\n');
}

/** Takes away the bridge, and the rules that kube-proxy has left. */
export async function removeNetwork(state: ClusterStateFile): Promise<void> {
  if (existsSync(`/sys/class/net/${NETWORK.bridge}`)) await ip('link', 'delete', NETWORK.bridge);
  for (const family of ['ip', 'ip6']) {
    // There is none where kube-proxy has not come that far.
    await runProgram(DEBIAN_PARTS.nft.path, ['delete', 'table', family, 'kube-proxy']).catch(() => undefined);
  }
  const before = state.read()?.forwarding;
  if (before !== undefined) writeFileSync(FORWARDING, `${before}\n`);
}

function ip(...parameters: string[]): Promise<string> {
  return runProgram(DEBIAN_PARTS.ip.path, parameters);
}
