import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Kubectl } from './kubectl.ts';

export interface ForwardedService {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
}

const AGAIN_MILLISECONDS = 500;

/**
 * A port of this machine that leads to a service of a cluster elsewhere. It leads to one of the service's pods: when that
 * ends, it begins again at the same port, as somebody who goes through the service itself would be led on.
 */
export class PortForward {
  readonly #kubectl: Kubectl;
  readonly #target: ForwardedService;
  #child: ChildProcess | undefined;
  #again: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(kubectl: Kubectl, target: ForwardedService) {
    this.#kubectl = kubectl;
    this.#target = target;
  }

  /** @returns host and port */
  async open(): Promise<string> {
    const address = await this.#begin('');
    this.#whenEnded(address.replace(/.*:/, ''));
    return address;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#again);
    this.#child?.kill();
  }

  #whenEnded(localPort: string): void {
    const again = (): void => {
      if (this.#isClosed) return;
      this.#again = setTimeout(() => {
        // While no pod is there, it ends at once.
        this.#begin(localPort).catch(() => undefined);
        this.#whenEnded(localPort);
      }, AGAIN_MILLISECONDS);
    };
    this.#child?.once('exit', again);
  }

  /** @param localPort empty: a free one */
  #begin(localPort: string): Promise<string> {
    const { command, first, environment } = this.#kubectl;
    const { namespace, service, port } = this.#target;
    const what = ['port-forward', '--namespace', namespace, `service/${service}`, `${localPort}:${port}`];
    const child = spawn(command, [...first, ...what], {
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#child = child;
    return new Promise((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const address = /Forwarding from (127\.0\.0\.1:\d+)/.exec(text)?.[1];
        if (address !== undefined) resolve(address);
      });
      child.once('error', reject);
      child.once('exit', () => {
        reject(new Error('kubectl port-forward has ended'));
      });
    });
  }
}
