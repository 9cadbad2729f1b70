import { KubeConfig } from '@kubernetes/client-node';
import { request } from 'node:https';
import type { RequestOptions } from 'node:https';

/** One answer of the API server. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

const ANSWER_SECONDS = 10;

/** Asks the API server directly, for waiting: a command line would take a hundred times as long. */
export class ApiClient {
  readonly #kubeconfig: string;

  constructor(kubeconfig: string) {
    this.#kubeconfig = kubeconfig;
  }

  async send(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    const config = new KubeConfig();
    config.loadFromFile(this.#kubeconfig);
    const url = new URL(path, config.getCurrentCluster()?.server);
    const options: RequestOptions = {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(ANSWER_SECONDS * 1000),
    };
    await config.applyToHTTPSOptions(options);
    return new Promise((resolve, reject) => {
      const sent = request(url, options, (answer) => {
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
