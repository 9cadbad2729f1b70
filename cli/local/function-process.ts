import { setTimeout as delay } from 'node:timers/promises';
import { BackOff } from './back-off.ts';
import { RuntimeProcess } from './runtime-process.ts';
import type { RuntimeLaunch } from './runtime-process.ts';

/** A function that is kept running: when it ends unasked it starts again, on the same port. */
export class FunctionProcess {
  readonly #launch: RuntimeLaunch;
  readonly #graceSeconds: number;
  readonly #backOff = new BackOff();
  readonly #stopped = new AbortController();
  #process: RuntimeProcess;
  #port = 0;

  /** Starts at once; its door opens later. */
  constructor(launch: RuntimeLaunch, graceSeconds: number) {
    this.#launch = launch;
    this.#graceSeconds = graceSeconds;
    this.#process = new RuntimeProcess(launch);
  }

  /** Resolves when its door is open; from then on it is kept running. @throws ComponentFailed */
  async listening(): Promise<void> {
    this.#port = await this.#process.listening();
    void this.#keepRunning();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get processId(): number {
    return this.#process.processId;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#process.stop(this.#graceSeconds);
  }

  async #keepRunning(): Promise<void> {
    const { signal } = this.#stopped;
    for (;;) {
      await this.#process.ended.catch(() => undefined);
      const livedSeconds = (performance.now() - this.#process.startedMs) / 1000;
      const waitSeconds = this.#backOff.afterLifeOf(livedSeconds);
      await delay(waitSeconds * 1000, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const environment = { ...this.#launch.environment, PORT: String(this.#port) };
      this.#process = new RuntimeProcess({ ...this.#launch, environment });
    }
  }
}
