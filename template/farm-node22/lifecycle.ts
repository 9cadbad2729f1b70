import { setMaxListeners } from 'node:events';

import type { Logger } from './contract.ts';
import type { Health } from './health.ts';

/** How the process ends; README.md says the same. */
export const EXIT = {
  /** Asked to stop, and drained within the grace. */
  drained: 0,
  /** Could not start, run() failed or ended by itself, or an error that nobody caught. */
  failed: 1,
  /** GRACE_SECONDS passed before run() and the requests in flight ended. */
  graceExceeded: 70,
  /** A second SIGINT. */
  interrupted: 130,
} as const;

/** The reason of the AbortSignal that run() gets. */
export class StopRequested extends Error {
  override readonly name = 'StopRequested';
}

/** run() came to its end although nobody had asked for it: a loop must not end by itself. */
export class EndedByItself extends Error {
  override readonly name = 'EndedByItself';
  constructor() {
    super('Expected run() to go on until its signal aborts, but it ended; let it wait for the signal');
  }
}

/** What the lifecycle drives. */
export interface Work {
  readonly run: ((signal: AbortSignal) => Promise<void>) | undefined;
  /** The stop has begun: tell the requests in flight. */
  stopping(): void;
  /** run() has ended: take no more requests, and resolve when all answers are out. */
  close(): Promise<void>;
}

export interface LifecycleParts {
  readonly log: Logger;
  readonly health: Health;
  readonly graceSeconds: number;
  readonly exit: (code: number) => void;
}

/**
 * From start to exit code.
 * `starting`: a stop request ends the process at once, there is nothing to drain.
 * `running`: run() is under way and requests are served.
 * `draining`: readiness is off and the signal aborted; run() ends, then the requests in flight, then the process.
 *   Health stays 200 and requests are served while run() still works. The grace bounds all of it.
 */
export class Lifecycle {
  readonly #parts: LifecycleParts;
  readonly #controller = new AbortController();
  #work: Work | undefined;
  #running: Promise<void> = Promise.resolve();
  #exitCode: number = EXIT.drained;

  constructor(parts: LifecycleParts) {
    this.#parts = parts;
    // Every loop and wait of a function hangs a listener on this one signal.
    setMaxListeners(0, this.#controller.signal);
  }

  /** Starts run(). */
  start(work: Work): void {
    this.#work = work;
    this.#parts.health.state = 'running';
    if (work.run !== undefined) this.#running = this.#watch(work.run);
  }

  /** Asks for the end; only the first request counts. */
  stop(reason: string): void {
    const { health, log, graceSeconds, exit } = this.#parts;
    if (health.state === 'draining') return;
    const work = this.#work;
    if (work === undefined) {
      log.info({ reason }, 'stopped before the start');
      exit(EXIT.drained);
      return;
    }
    health.state = 'draining';
    log.info({ reason, graceSeconds }, 'draining');
    setTimeout(() => {
      this.#giveUp();
    }, graceSeconds * 1000);
    this.#controller.abort(new StopRequested(reason));
    work.stopping();
    void this.#drain(work);
  }

  async #drain(work: Work): Promise<void> {
    await this.#running;
    await work.close();
    this.#parts.log.info({ exitCode: this.#exitCode }, 'stopped');
    this.#parts.exit(this.#exitCode);
  }

  #giveUp(): void {
    const exitCode = this.#exitCode === EXIT.drained ? EXIT.graceExceeded : this.#exitCode;
    const { log, graceSeconds, exit } = this.#parts;
    log.error({ graceSeconds, exitCode }, 'GRACE_SECONDS passed before everything had ended');
    exit(exitCode);
  }

  async #watch(run: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.#controller;
    try {
      await run(signal);
      if (!signal.aborted) throw new EndedByItself();
    } catch (error) {
      if (signal.aborted && isAbort(error, signal)) return;
      this.#exitCode = EXIT.failed;
      this.#parts.log.error({ err: error }, 'run() failed');
      this.stop('run() failed');
    }
  }
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}
