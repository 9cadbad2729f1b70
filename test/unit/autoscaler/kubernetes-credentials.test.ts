import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kubernetesAccess } from '../../../autoscaler/kubernetes-credentials.ts';
import type { CredentialSources, KubernetesSettings } from '../../../autoscaler/kubernetes-credentials.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'service-account-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const IN_CLUSTER = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };

function sources(
  secrets: Record<string, string> = {},
  env: CredentialSources['env'] = IN_CLUSTER,
): CredentialSources {
  return { env, secret: (name) => secrets[name] };
}

function writeServiceAccount(): void {
  writeFileSync(join(folder, 'token'), 'own-token\n');
  writeFileSync(join(folder, 'ca.crt'), 'own-authority\n');
  writeFileSync(join(folder, 'namespace'), 'openfaas-fn');
}

function accessBy(settings: KubernetesSettings, from: CredentialSources = sources()) {
  return kubernetesAccess(settings, from, folder);
}

describe('a pod with a service account', () => {
  it('uses it where nothing is set', () => {
    writeServiceAccount();
    expect(accessBy({})).toEqual({
      kind: 'token',
      url: 'https://10.96.0.1:443',
      token: 'own-token',
      authority: 'own-authority',
      namespace: 'openfaas-fn',
    });
  });

  it('uses the token that it has now, which is not the one that it had', () => {
    writeServiceAccount();
    accessBy({});
    writeFileSync(join(folder, 'token'), 'rotated');
    expect(accessBy({})).toMatchObject({ token: 'rotated' });
  });

  it('reaches an API with an IPv6 address', () => {
    writeServiceAccount();
    const env = { ...IN_CLUSTER, KUBERNETES_SERVICE_HOST: 'fd00::1' };
    expect(accessBy({}, sources({}, env))).toMatchObject({ url: 'https://[fd00::1]:443' });
  });
});

describe('a secret', () => {
  it('gives a token, an authority and a namespace of its own', () => {
    writeServiceAccount();
    const settings = {
      KUBERNETES_TOKEN_SECRET: 'the-token',
      KUBERNETES_CA_SECRET: 'the-authority',
      KUBERNETES_NAMESPACE: 'other',
      KUBERNETES_API_URL: 'https://api:6443',
    };
    const given = sources({ 'the-token': 'given-token', 'the-authority': 'given-authority' });
    expect(accessBy(settings, given)).toEqual({
      kind: 'token',
      url: 'https://api:6443',
      token: 'given-token',
      authority: 'given-authority',
      namespace: 'other',
    });
  });

  it('gives a whole kubeconfig', () => {
    const access = accessBy(
      { KUBERNETES_KUBECONFIG_SECRET: 'config' },
      sources({ config: 'apiVersion: v1' }),
    );
    expect(access).toEqual({ kind: 'kubeconfig', text: 'apiVersion: v1', namespace: undefined });
  });
});

describe('credentials that are missing', () => {
  it.each<[string, KubernetesSettings, CredentialSources]>([
    ['KUBERNETES_API_URL', {}, sources({}, {})],
    ['KUBERNETES_TOKEN_SECRET', {}, sources()],
    ['KUBERNETES_TOKEN_SECRET', { KUBERNETES_TOKEN_SECRET: 'gone' }, sources()],
    [
      'KUBERNETES_CA_SECRET',
      { KUBERNETES_TOKEN_SECRET: 't', KUBERNETES_CA_SECRET: 'gone' },
      sources({ t: 'x' }),
    ],
    ['KUBERNETES_KUBECONFIG_SECRET', { KUBERNETES_KUBECONFIG_SECRET: 'gone' }, sources()],
    ['KUBERNETES_NAMESPACE', { KUBERNETES_TOKEN_SECRET: 't' }, sources({ t: 'x' })],
  ])('are asked for by the name of %s', (setting, settings, from) => {
    expect(() => accessBy(settings, from)).toThrow(setting);
  });
});

describe('a secret that is no token', () => {
  it.each(['sup3r\ns3cret', 'sup3r s3cret', 'sup3rs3cret\u20ac'])(
    'is refused, and not quoted: %j',
    (token) => {
      const refused = () =>
        accessBy({ KUBERNETES_TOKEN_SECRET: 't', KUBERNETES_NAMESPACE: 'n' }, sources({ t: token }));
      expect(refused).toThrow('KUBERNETES_TOKEN_SECRET');
      expect(refused).not.toThrow(/s3cret/);
    },
  );

  it('or cannot be read is forbidden, by the name of its setting', () => {
    const from = { ...sources(), secret: () => expect.fail('check its owner and mode') };
    expect(() => accessBy({ KUBERNETES_KUBECONFIG_SECRET: '../token' }, from)).toThrow(
      expect.objectContaining({
        name: 'PoolFailure',
        reason: 'forbidden',
        message: expect.stringContaining('KUBERNETES_KUBECONFIG_SECRET') as string,
      }) as Error,
    );
  });
});

it('A token is not sent in clear, other than to this machine', () => {
  writeServiceAccount();
  for (const url of ['http://api:8080', 'http://127.example:8080']) {
    expect(() => accessBy({ KUBERNETES_API_URL: url })).toThrow('https://');
  }
  expect(accessBy({ KUBERNETES_API_URL: 'http://127.0.0.1:8001' })).toMatchObject({ kind: 'token' });
});
