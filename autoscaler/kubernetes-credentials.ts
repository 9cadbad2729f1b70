import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../shared/io/settings.ts';
import { PoolFailure } from './pool.ts';

/** How to reach the Kubernetes API, and as whom. */
export type KubernetesAccess =
  | { readonly kind: 'kubeconfig'; readonly text: string; readonly namespace: string | undefined }
  | {
      readonly kind: 'token';
      readonly url: string;
      readonly token: string;
      /** PEM of the authority that signed the API's certificate; undefined for those that the system trusts. */
      readonly authority: string | undefined;
      readonly namespace: string;
    };

export interface KubernetesSettings {
  readonly KUBERNETES_NAMESPACE?: string | undefined;
  readonly KUBERNETES_KUBECONFIG_SECRET?: string | undefined;
  readonly KUBERNETES_TOKEN_SECRET?: string | undefined;
  readonly KUBERNETES_CA_SECRET?: string | undefined;
  readonly KUBERNETES_API_URL?: string | undefined;
}

/** Where the settings look; a function's context fits. */
export interface CredentialSources {
  readonly env: Environment;
  secret(name: string): string | undefined;
}

/** Where the kubelet puts what it gives to a pod. */
const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The credentials that the settings name: a kubeconfig or a token from a secret, else the pod's own service account.
 * Read anew at every call, since secrets and tokens are rotated in place.
 *
 * @throws PoolFailure `forbidden`, saying what to set
 */
export function kubernetesAccess(
  settings: KubernetesSettings,
  sources: CredentialSources,
  serviceAccountFolder = SERVICE_ACCOUNT_FOLDER,
): KubernetesAccess {
  const namespace = settings.KUBERNETES_NAMESPACE;
  const kubeconfig = settings.KUBERNETES_KUBECONFIG_SECRET;
  if (kubeconfig !== undefined) {
    return {
      kind: 'kubeconfig',
      text: readSecret('KUBERNETES_KUBECONFIG_SECRET', kubeconfig, sources),
      namespace,
    };
  }
  const own = (file: string): string | undefined => readOptional(join(serviceAccountFolder, file));
  return {
    kind: 'token',
    url: apiUrl(settings, sources),
    token: token(settings, sources, own),
    authority: authority(settings, sources) ?? own('ca.crt'),
    namespace: namespace ?? own('namespace') ?? missing('the namespace of the pool', 'KUBERNETES_NAMESPACE'),
  };
}

function token(
  { KUBERNETES_TOKEN_SECRET: name }: KubernetesSettings,
  sources: CredentialSources,
  own: (file: string) => string | undefined,
): string {
  const from =
    name === undefined ? "The pod's service account" : 'The secret that KUBERNETES_TOKEN_SECRET names';
  const text =
    name === undefined
      ? (own('token') ??
        missing(
          "the pod's service account token",
          'serviceAccountName in its pod, or KUBERNETES_TOKEN_SECRET',
        ))
      : readSecret('KUBERNETES_TOKEN_SECRET', name, sources);
  if (isToken(text)) return text;
  throw new PoolFailure('forbidden', `${from} holds something else than a token: expected one word of ASCII`);
}

/** Whether it fits into a header: the error of one that does not would quote it. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** Whether a token may be sent there: nobody on the way can read it. */
export function isPrivate(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return (
    protocol === 'https:' ||
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    /^127(\.\d+){3}$/.test(hostname)
  );
}

function authority(
  { KUBERNETES_CA_SECRET: name }: KubernetesSettings,
  sources: CredentialSources,
): string | undefined {
  return name === undefined ? undefined : readSecret('KUBERNETES_CA_SECRET', name, sources);
}

function apiUrl({ KUBERNETES_API_URL: given }: KubernetesSettings, { env }: CredentialSources): string {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '443';
  const url =
    given ?? (host === undefined ? undefined : `https://${host.includes(':') ? `[${host}]` : host}:${port}`);
  if (url === undefined) return missing('the address of the Kubernetes API', 'KUBERNETES_API_URL');
  if (!isPrivate(url)) {
    const expected = 'Expected KUBERNETES_API_URL to begin with https://: the token would travel in clear';
    throw new PoolFailure('forbidden', `${expected}; found ${JSON.stringify(url)}`);
  }
  return url;
}

function readSecret(setting: string, name: string, sources: CredentialSources): string {
  const named = `${setting} names the secret ${JSON.stringify(name)}`;
  let text: string | undefined;
  try {
    text = sources.secret(name);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PoolFailure('forbidden', `${named}, which cannot be read: ${reason}`, { cause: error });
  }
  if (text !== undefined) return text;
  throw new PoolFailure(
    'forbidden',
    `${named}, which is not there or empty: create it and list it under the function's secrets`,
  );
}

function readOptional(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function missing(what: string, setting: string): never {
  throw new PoolFailure('forbidden', `Expected ${what}, found none: set ${setting}`);
}
