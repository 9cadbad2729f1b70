import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { exitOf } from '../setup/node.js';
import { repositoryFolder } from '../setup/packages.js';
import { lastLines, withLogFile } from './log-file.ts';

const RUNTIME = join(repositoryFolder, 'template', 'farm-node22', 'index.js');
/** Compiled code of earlier starts: a worker is there in about half the time. */
const COMPILE_CACHE = join(repositoryFolder, 'node_modules', '.cache', 'farmhand');
/** A process that has not opened its door by then has failed. */
const START_SECONDS = 30;

/** How a function is started: the same way as in a container, apart from where its secrets lie. */
export interface RuntimeLaunch {
  readonly name: string;
  /** Path of the handler file below the repository. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
}

/** A part of the farm that did not start. */
export class ComponentFailed extends Error {
  override readonly name = 'ComponentFailed';
  constructor(name: string, what: string, logFile: string) {
    super(`${name} ${what}. The last lines of ${logFile}:\n${lastLines(logFile)}`);
  }
}

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One function or worker under the template's runtime, in a process of its own that ends with this one. */
export class RuntimeProcess {
  readonly name: string;
  readonly startedMs: number = performance.now();
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #logFile: string;
  #stopping = false;
  #over = false;

  constructor(launch: RuntimeLaunch) {
    this.name = launch.name;
    this.#logFile = launch.logFile;
    this.#child = withLogFile(launch.logFile, (log) =>
      spawn(process.execPath, [RUNTIME, join(repositoryFolder, launch.handler)], {
        cwd: repositoryFolder,
        // A group of its own: Ctrl-C at the terminal is for the supervisor, which stops the parts in order.
        detached: true,
        stdio: ['ignore', log, log, 'ipc'],
        env: {
          PATH: process.env['PATH'],
          NODE_COMPILE_CACHE: COMPILE_CACHE,
          HOST: '127.0.0.1',
          PORT: '0',
          FARMHAND_STOP_WITH_PARENT: '1',
          ...launch.environment,
        },
      }),
    );
    this.ended = exitOf(this.#child).then((ended) => {
      this.#over = true;
      return ended;
    });
    // Whoever awaits it sees the error; nobody has to.
    this.ended.catch(() => undefined);
  }

  get processId(): number {
    return this.#child.pid ?? 0;
  }

  /** Whether it has been told to stop. */
  get stopping(): boolean {
    return this.#stopping;
  }

  get over(): boolean {
    return this.#over;
  }

  /**
   * Resolves with the port once the door is open.
   *
   * @throws ComponentFailed
   */
  async listening(): Promise<number> {
    const opened = new Promise<number>((resolve) => {
      this.#child.on('message', (message) => {
        const { type, port } = message as { readonly type?: string; readonly port?: number };
        if (type === 'listening' && port !== undefined) resolve(port);
      });
    });
    const late = new AbortController();
    const tooLate = new Promise<'late'>((resolve) => {
      const timer = setTimeout(resolve, START_SECONDS * 1000, 'late');
      late.signal.addEventListener('abort', () => {
        clearTimeout(timer);
      });
    });
    const first = await Promise.race([opened, this.ended, tooLate]);
    late.abort();
    if (typeof first === 'number') return first;
    const what =
      first === 'late'
        ? `did not open its door within ${START_SECONDS} s`
        : `ended at its start (${endText(first)})`;
    throw new ComponentFailed(this.name, what, this.#logFile);
  }

  /** Asks it to finish and end; kills it where it is still there after its grace. */
  async stop(graceSeconds: number): Promise<void> {
    this.requestStop();
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), (graceSeconds + 3) * 1000);
    await this.ended.catch(() => undefined);
    clearTimeout(kill);
  }

  requestStop(): void {
    if (this.#over) return;
    this.#stopping = true;
    this.#child.kill('SIGTERM');
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

function endText({ code, signal }: Ended): string {
  return signal ?? `exit code ${String(code)}`;
}
