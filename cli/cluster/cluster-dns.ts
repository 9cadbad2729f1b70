import { Resolver } from 'node:dns/promises';
import type { PartCommand } from './cluster-part.ts';
import { NETWORK } from './network.ts';
import type { NodePlan } from './node-parts.ts';

/** Names of services for the pods. It runs beside the cluster, not in it: one image less. */
export function clusterDns({ folder, kubernetes }: NodePlan): PartCommand {
  const settings = folder.writeSettings(
    'Corefile',
    `cluster.local:53 in-addr.arpa:53 {
  bind ${NETWORK.address}
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${folder.kubeconfig}
    ttl 5
  }
  cache 5
}
# Nothing else has a name here. Without this, unknown names would be an error of the server, and be asked for again.
.:53 {
  bind ${NETWORK.address}
  template IN ANY . {
    rcode NXDOMAIN
  }
}
`,
  );
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([NETWORK.address]);
  return {
    name: 'coredns',
    command: kubernetes,
    parameters: ['coredns', '-conf', settings],
    isReady: async () => (await resolver.resolve4('kubernetes.default.svc.cluster.local')).length === 1,
  };
}
