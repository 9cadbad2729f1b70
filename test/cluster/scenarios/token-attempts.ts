import type { Attempt } from '../service-account.ts';

const MERGE = 'application/merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';
const COST = 'controller.kubernetes.io/pod-deletion-cost';

/** Names that exist in the cluster: what is refused must not be refused because it is not there. */
export interface Targets {
  readonly namespace: string;
  /** A pod of the pool. */
  readonly worker: string;
  /** A pod of the farm that is none of the pool. */
  readonly stranger: string;
  readonly otherNamespace: string;
}

export interface NamedAttempt extends Attempt {
  readonly what: string;
}

function mark(pod: string, cost: string | null): Attempt {
  return {
    method: 'PATCH',
    path: pod,
    type: MERGE,
    body: { metadata: { annotations: { [COST]: cost } } },
  };
}

/** What the autoscaler does in a step. */
export function neededAttempts({ namespace, worker }: Targets): readonly NamedAttempt[] {
  const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/farm-worker`;
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const scale = [{ op: 'add', path: '/spec/replicas', value: 1 }];
  return [
    { what: 'look at its Deployment', method: 'GET', path: deployment },
    { what: 'list the pods', method: 'GET', path: pods },
    { what: 'mark a pod of the pool', ...mark(`${pods}/${worker}`, '-1000000') },
    { what: 'take the mark away', ...mark(`${pods}/${worker}`, null) },
    {
      what: 'scale its Deployment',
      method: 'PATCH',
      path: `${deployment}/scale`,
      type: JSON_PATCH,
      body: scale,
    },
  ];
}

/** What somebody who has stolen the token might try. */
export function forbiddenAttempts(targets: Targets): readonly NamedAttempt[] {
  return [...onPods(targets), ...onOthers(targets)];
}

function onPods({ namespace, worker, stranger }: Targets): readonly NamedAttempt[] {
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const own = `${pods}/${worker}`;
  const other = `${pods}/${stranger}`;
  const patch = (what: string, path: string, metadata: object): NamedAttempt => {
    return { what, method: 'PATCH', path, type: MERGE, body: { metadata } };
  };
  const image = [{ op: 'replace', path: '/spec/containers/0/image', value: 'registry.invalid/other:1' }];
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: worker, namespace } };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'of-its-own' },
    spec: { containers: [{ name: 'shell', image: 'registry.invalid/other:1' }] },
  };
  return [
    { what: 'delete a pod of the pool', method: 'DELETE', path: own },
    { what: 'delete all pods', method: 'DELETE', path: pods },
    { what: 'evict a pod', method: 'POST', path: `${own}/eviction`, body: eviction },
    { what: 'make a pod', method: 'POST', path: pods, body: pod },
    { what: 'read the log of a pod', method: 'GET', path: `${own}/log` },
    { what: 'run a program in a pod', method: 'POST', path: `${own}/exec?command=id` },
    { what: 'mark a pod of another Deployment', ...mark(other, '-1') },
    { what: 'change the image of a pod', method: 'PATCH', path: own, type: JSON_PATCH, body: image },
    patch('add a label to a pod', own, { labels: { 'app.kubernetes.io/version': '1' } }),
    patch('take a label from a pod', own, { labels: { 'app.kubernetes.io/name': null } }),
    patch('make another pod one of the pool', other, { labels: { faas_function: 'worker' } }),
    patch('add another annotation', own, {
      annotations: { 'prometheus.io/path': '/elsewhere', [COST]: '-1' },
    }),
    patch('take all annotations away', own, { annotations: null }),
    patch('give a pod away', own, { ownerReferences: null }),
    patch('hold a pod for ever', own, { finalizers: ['farmhand.invalid/held'] }),
    {
      what: 'report that a pod has failed',
      method: 'PATCH',
      path: `${own}/status`,
      type: MERGE,
      body: { status: { phase: 'Failed' } },
    },
  ];
}

function onOthers({ namespace, otherNamespace }: Targets): readonly NamedAttempt[] {
  const core = `/api/v1/namespaces/${namespace}`;
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  const rights = '/apis/rbac.authorization.k8s.io/v1';
  const zero = { type: MERGE, body: { spec: { replicas: 0 } } };
  const token = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  return [
    { what: 'read a secret', method: 'GET', path: `${core}/secrets/farmhand-redis-password` },
    { what: 'list the secrets', method: 'GET', path: `${core}/secrets` },
    { what: 'list the ConfigMaps', method: 'GET', path: `${core}/configmaps` },
    { what: 'list all Deployments', method: 'GET', path: `${apps}/deployments` },
    { what: 'look at another Deployment', method: 'GET', path: `${apps}/deployments/emitter` },
    { what: 'scale another Deployment', method: 'PATCH', path: `${apps}/deployments/emitter/scale`, ...zero },
    { what: 'scale Redis', method: 'PATCH', path: `${apps}/statefulsets/redis/scale`, ...zero },
    { what: 'change its Deployment', method: 'PATCH', path: `${apps}/deployments/farm-worker`, ...zero },
    { what: 'delete its Deployment', method: 'DELETE', path: `${apps}/deployments/farm-worker` },
    {
      what: 'widen its Role',
      method: 'PATCH',
      path: `${rights}/namespaces/${namespace}/roles/farm-autoscaler`,
      type: MERGE,
      body: { rules: [] },
    },
    {
      what: 'make a token',
      method: 'POST',
      path: `${core}/serviceaccounts/farm-autoscaler/token`,
      body: token,
    },
    { what: 'list pods elsewhere', method: 'GET', path: `/api/v1/namespaces/${otherNamespace}/pods` },
    { what: 'list all pods of the cluster', method: 'GET', path: '/api/v1/pods' },
    { what: 'list the nodes', method: 'GET', path: '/api/v1/nodes' },
    { what: 'list the namespaces', method: 'GET', path: '/api/v1/namespaces' },
  ];
}
