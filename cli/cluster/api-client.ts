import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { RequestOptions } from 'node:https';
import { z } from 'zod';

/** One answer of the API server. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

const ANSWER_SECONDS = 10;

/** What of a kubeconfig is used; the cluster writes its own, as JSON, with everything inside. */
const kubeconfigSchema = z.object({
  clusters: z.tuple([
    z.object({ cluster: z.object({ server: z.url(), 'certificate-authority-data': z.base64() }) }),
  ]),
  users: z.tuple([z.object({ user: z.object({ token: z.string() }) })]),
});

/** Asks the API server of an own cluster directly, for waiting: a command line would take a hundred times as long. */
export class ApiClient {
  readonly #kubeconfig: string;

  constructor(kubeconfig: string) {
    this.#kubeconfig = kubeconfig;
  }

  async send(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    const config = kubeconfigSchema.parse(JSON.parse(readFileSync(this.#kubeconfig, 'utf8')));
    const { cluster } = config.clusters[0];
    const options: RequestOptions = {
      method,
      headers: {
        authorization: `Bearer ${config.users[0].user.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ca: Buffer.from(cluster['certificate-authority-data'], 'base64'),
      signal: AbortSignal.timeout(ANSWER_SECONDS * 1000),
    };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, cluster.server), options, (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => (text += part));
        answer.once('end', () => {
          resolve({ status: answer.statusCode ?? 0, body: text });
        });
        answer.once('error', reject);
      });
      sent.once('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** The document at this path; undefined where there is none. */
  async get(path: string): Promise<unknown> {
    const { status, body } = await this.send('GET', path);
    if (status === 404) return undefined;
    if (status !== 200) throw new Error(`GET ${path} was answered ${status}: ${body.slice(0, 300)}`);
    return JSON.parse(body);
  }
}
