import { existsSync, readFileSync } from 'node:fs';
import { installDebianPackages } from '../setup/debian-packages.js';
import { PartsMissing } from './parts-missing.ts';

/** Programs and the package that brings each, by their place: these do not lie on every user's PATH. */
export const DEBIAN_PARTS = {
  containerd: { path: '/usr/bin/containerd', package: 'containerd' },
  ctr: { path: '/usr/bin/ctr', package: 'containerd' },
  runc: { path: '/usr/sbin/runc', package: 'runc' },
  bridge: { path: '/usr/lib/cni/bridge', package: 'containernetworking-plugins' },
  nft: { path: '/usr/sbin/nft', package: 'nftables' },
  iptables: { path: '/usr/sbin/iptables', package: 'iptables' },
  dockerd: { path: '/usr/sbin/dockerd', package: 'docker.io' },
  docker: { path: '/usr/bin/docker', package: 'docker.io' },
  mmdebstrap: { path: '/usr/bin/mmdebstrap', package: 'mmdebstrap' },
  ip: { path: '/usr/sbin/ip', package: 'iproute2' },
} as const;

/** Bits of capabilities(7). */
const CAPABILITIES = { CAP_NET_ADMIN: 12, CAP_SYS_ADMIN: 21 } as const;

/** Installs what is missing, without starting any of it as a service. */
export async function ensureDebianParts(say: (line: string) => void): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new PartsMissing(
      'A cluster of its own takes Linux and root. Set KUBECONFIG to use a cluster that is there, kind for example.',
    );
  }
  checkRights();
  const missing = missingPackages();
  if (missing.length === 0) return;
  if (!existsSync('/usr/bin/apt-get')) {
    throw new PartsMissing(`Expected ${missing.join(', ')}; there is no apt-get to install them with.`);
  }
  say(`installing ${missing.join(', ')} with apt-get (once; nothing is started as a service)`);
  await installDebianPackages(missing, { services: ['containerd', 'docker'] }).catch((error: unknown) => {
    throw new PartsMissing(error instanceof Error ? error.message : String(error));
  });
  const still = missingPackages();
  if (still.length > 0) throw new PartsMissing(`apt-get ended well, but ${still.join(', ')} is not there.`);
}

/** Root in a container is often not allowed to make networks, mounts and control groups. */
function checkRights(): void {
  const text = /^CapEff:\s+([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const held = BigInt(`0x${text}`);
  const lacking = Object.entries(CAPABILITIES).filter(([, bit]) => (held & (1n << BigInt(bit))) === 0n);
  if (lacking.length === 0) return;
  const names = lacking.map(([name]) => name).join(', ');
  throw new PartsMissing(`A cluster of its own takes the capabilities of root; this process lacks ${names}.`);
}

function missingPackages(): string[] {
  const missing = Object.values(DEBIAN_PARTS).filter(({ path }) => !existsSync(path));
  return [...new Set(missing.map((part) => part.package))];
}
