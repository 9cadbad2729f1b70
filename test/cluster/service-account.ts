import { request } from 'node:https';
import { z } from 'zod';

/** One request as a service account sends it. */
export interface Attempt {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** Media type of the body. */
  readonly type?: string;
  readonly body?: unknown;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

const kubeconfig = z.object({
  clusters: z
    .array(
      z.object({
        cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string().optional() }),
      }),
    )
    .min(1),
});

/** Whoever holds the token of a service account, and nothing else: what the API server lets it do is seen by asking. */
export class ServiceAccount {
  readonly #server: string;
  readonly #authority: Buffer | undefined;
  readonly #token: string;

  private constructor(server: string, authority: string | undefined, token: string) {
    this.#server = server;
    this.#authority = authority === undefined ? undefined : Buffer.from(authority, 'base64');
    this.#token = token;
  }

  /** @param kubectl runs kubectl as an administrator of the cluster, in the namespace of the account */
  static async open(
    name: string,
    kubectl: (...parameters: string[]) => Promise<string>,
  ): Promise<ServiceAccount> {
    const settings = await kubectl('config', 'view', '--raw', '--minify', '--output', 'json');
    const [first] = kubeconfig.parse(JSON.parse(settings)).clusters;
    if (first === undefined) throw new Error('Expected a cluster in the current context of the kubeconfig.');
    const token = await kubectl('create', 'token', name);
    return new ServiceAccount(
      first.cluster.server,
      first.cluster['certificate-authority-data'],
      token.trim(),
    );
  }

  send({ method, path, type = 'application/json', body }: Attempt): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(path, this.#server),
        {
          method,
          headers: {
            authorization: `Bearer ${this.#token}`,
            ...(text === undefined ? {} : { 'content-type': type }),
          },
          signal: AbortSignal.timeout(20_000),
          ...(this.#authority === undefined ? {} : { ca: this.#authority }),
        },
        (answer) => {
          let received = '';
          answer.setEncoding('utf8').on('data', (part: string) => {
            received += part;
          });
          answer.once('error', reject);
          answer.once('end', () => {
            resolve({ status: answer.statusCode ?? 0, text: received });
          });
        },
      );
      sent.once('error', reject);
      sent.end(text);
    });
  }
}
