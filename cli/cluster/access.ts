import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterFolder } from './cluster-folder.ts';
import { NETWORK } from './network.ts';

const CERTIFICATES = 'certificates';

/** Who may do what in the cluster: an administrator by token, and service accounts by a key. */
export class Access {
  readonly #folder: ClusterFolder;
  readonly #token: string;

  private constructor(folder: ClusterFolder, token: string) {
    this.#folder = folder;
    this.#token = token;
  }

  static create(folder: ClusterFolder): Access {
    const token = randomBytes(24).toString('base64url');
    folder.writeSettings('tokens.csv', `${token},admin,admin,system:masters\n`);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ type: 'pkcs1', format: 'pem' });
    folder.writeSettings('service-accounts.key', key.toString());
    return new Access(folder, token);
  }

  get tokenFile(): string {
    return this.#folder.inRun('settings', 'tokens.csv');
  }

  get serviceAccountKey(): string {
    return this.#folder.inRun('settings', 'service-accounts.key');
  }

  /** Where the API server writes the certificate that it serves with. */
  get certificates(): string {
    return this.#folder.inRun(CERTIFICATES);
  }

  /** It signs itself, so it is also what clients trust. */
  get certificate(): string {
    return join(this.certificates, 'apiserver.crt');
  }

  /** For people and programs alike; it needs the API server's certificate. */
  writeKubeconfig(): void {
    const certificate = readFileSync(this.certificate).toString('base64');
    const settings = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'farmhand',
      clusters: [
        {
          name: 'farmhand',
          cluster: { server: NETWORK.apiServer, 'certificate-authority-data': certificate },
        },
      ],
      users: [{ name: 'admin', user: { token: this.#token } }],
      contexts: [{ name: 'farmhand', context: { cluster: 'farmhand', user: 'admin' } }],
    };
    // JSON is YAML.
    this.#folder.writeFile(this.#folder.kubeconfig, `${JSON.stringify(settings, undefined, 2)}\n`);
  }
}
