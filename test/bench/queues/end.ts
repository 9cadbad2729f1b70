import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ContenderName } from './contenders.ts';

export interface SendOrder {
  readonly kind: 'send';
  readonly tasks: number;
  readonly batch: number;
  /** Even arrivals, one task at a time; absent for as fast as possible. */
  readonly perSecond?: number;
  readonly warmUp: boolean;
}

/** `mark`: count CPU and samples from here. `report`: say what they are. */
export type Order = SendOrder | { readonly kind: 'mark' | 'report' | 'stop' };

export interface Progress {
  readonly kind: 'progress';
  readonly count: number;
  readonly lastMs: number;
}

/** The answer to every order but `stop`. */
export interface Report {
  readonly kind: 'report';
  readonly startedMs: number;
  readonly samplesMs: readonly number[];
  readonly cpuMicros: number;
  readonly count: number;
}

/** One end of a queue in a process of its own, as the benchmark sees it. */
export class EndProcess {
  readonly #child: ChildProcess;
  readonly #onProgress: () => void;
  count = 0;
  /** When the last task was recorded, on the machine's clock. */
  lastMs = 0;

  private constructor(child: ChildProcess, onProgress: () => void) {
    this.#child = child;
    this.#onProgress = onProgress;
    child.on('message', (message) => {
      this.#hear(message as Progress | Report);
    });
  }

  static async start(
    contender: ContenderName,
    role: 'produce' | 'consume' | 'collect',
    redisUrl: string,
    onProgress: () => void,
  ): Promise<EndProcess> {
    const child = fork(join(import.meta.dirname, 'end-process.ts'), [contender, role, redisUrl], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const end = new EndProcess(child, onProgress);
    await end.#reported();
    return end;
  }

  async ask(order: Order): Promise<Report> {
    const reply = this.#reported();
    this.#child.send(order);
    return reply;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.send({ kind: 'stop' } satisfies Order);
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(killer);
  }

  #hear(message: Progress | Report): void {
    if (message.kind !== 'progress') return;
    this.count = message.count;
    this.lastMs = message.lastMs;
    this.#onProgress();
  }

  #reported(): Promise<Report> {
    return new Promise((resolve, reject) => {
      const hear = (message: unknown): void => {
        if ((message as Progress | Report).kind !== 'report') return;
        this.#child.off('message', hear);
        this.#child.off('exit', gone);
        resolve(message as Report);
      };
      const gone = (code: number | null): void => {
        reject(new Error(`A process of the benchmark ended with ${String(code)}.`));
      };
      this.#child.on('message', hear);
      this.#child.once('exit', gone);
    });
  }
}
