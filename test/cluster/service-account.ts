import { request } from 'node:https';
import type { KubernetesAccess } from '../../autoscaler/kubernetes-credentials.ts';

type TokenAccess = Extract<KubernetesAccess, { readonly kind: 'token' }>;

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

/** Whoever holds the token of a service account, and nothing else: what the API server lets it do is seen by asking. */
export class ServiceAccount {
  readonly #access: TokenAccess;

  constructor(access: TokenAccess) {
    this.#access = access;
  }

  send({ method, path, type = 'application/json', body }: Attempt): Promise<Answer> {
    const { url, token, authority } = this.#access;
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(path, url),
        {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            ...(text === undefined ? {} : { 'content-type': type }),
          },
          signal: AbortSignal.timeout(20_000),
          ...(authority === undefined ? {} : { ca: authority }),
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
