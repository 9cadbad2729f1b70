import { z } from 'zod';
import type { Setting } from '../shared/io/settings.ts';

/** A name as Kubernetes takes it. */
const NAME = /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/;
const NAMES = 'must be names of Deployments, separated by commas, each of a-z, 0-9, - and .';

export const KUBERNETES_SETTINGS_SHAPE = {
  KUBERNETES_DEPLOYMENTS: z
    .string()
    .default('worker')
    .transform((text) => text.split(',').map((name) => name.trim()))
    .refine((names) => names.every((name) => NAME.test(name)), NAMES)
    .refine((names) => new Set(names).size === names.length, 'must name each Deployment once'),
  KUBERNETES_NAMESPACE: z
    .string()
    .regex(NAME, 'must be the name of a namespace, of a-z, 0-9 and -')
    .optional(),
  KUBERNETES_KUBECONFIG_SECRET: z.string().optional(),
  KUBERNETES_TOKEN_SECRET: z.string().optional(),
  KUBERNETES_CA_SECRET: z.string().optional(),
  KUBERNETES_API_URL: z
    .url({ protocol: /^https?$/, error: 'must look like https://host:6443' })
    .refine((url) => !url.includes('@'), 'must name nobody: set KUBERNETES_TOKEN_SECRET')
    .optional(),
};

export const KUBERNETES_SETTINGS: readonly Setting[] = [
  {
    name: 'KUBERNETES_DEPLOYMENTS',
    unit: '',
    default: 'worker',
    meaning: 'Deployments whose pods are the workers, by commas; the first grows first',
  },
  {
    name: 'KUBERNETES_NAMESPACE',
    unit: '',
    default: '',
    meaning: "namespace of these Deployments; the pod's own, or the kubeconfig's, where it is not set",
  },
  {
    name: 'KUBERNETES_TOKEN_SECRET',
    unit: '',
    default: '',
    meaning: "secret that holds a service account's token; without it the pod's own is used",
  },
  {
    name: 'KUBERNETES_KUBECONFIG_SECRET',
    unit: '',
    default: '',
    meaning: 'secret that holds a whole kubeconfig; wins over the token and the address',
  },
  {
    name: 'KUBERNETES_CA_SECRET',
    unit: '',
    default: '',
    meaning: "secret that holds the PEM of the API's authority; without it the pod's own is used",
  },
  {
    name: 'KUBERNETES_API_URL',
    unit: '',
    default: '',
    meaning: 'address of the Kubernetes API; that of the cluster the pod runs in where it is not set',
  },
];
