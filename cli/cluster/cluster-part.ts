import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, isAlive, signalProcess } from '../local/process-identity.ts';
import type { ProcessIdentity } from '../local/process-identity.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import type { ClusterStateFile } from './cluster-state.ts';
import { FinalFailure, NotInTime, waitUntil } from './wait-until.ts';

/** How long a part may take to answer on a busy machine. */
const READY_SECONDS = 90;

/** One long-running program of the cluster. */
export interface PartCommand {
  readonly name: string;
  readonly command: string;
  readonly parameters: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** Whether it does its work; asked until it says so. */
  readonly isReady: () => Promise<boolean>;
}

/** A part that ended while it was waited for, with what it said last. */
export class PartEnded extends FinalFailure {
  override readonly name = 'PartEnded';

  constructor(part: string, lastLines: string) {
    super(`${part} ended at its start:\n${lastLines}`);
  }
}

/** Starts parts as processes of their own, which go on when this one ends, and writes each down at once. */
export class PartStarter {
  readonly #folder: ClusterFolder;
  readonly #state: ClusterStateFile;
  readonly #signal: AbortSignal | undefined;

  constructor(folder: ClusterFolder, state: ClusterStateFile, signal?: AbortSignal) {
    this.#folder = folder;
    this.#state = state;
    this.#signal = signal;
  }

  /** Starts it, and resolves when it does its work. */
  async start(part: PartCommand): Promise<ProcessIdentity> {
    const identity = this.#launch(part);
    const options = { seconds: READY_SECONDS, pollMilliseconds: 50 };
    await waitUntil(
      `${part.name} to be ready`,
      async () => {
        if (!isAlive(identity)) throw new PartEnded(part.name, lastLines(this.#folder.log(part.name)));
        return part.isReady();
      },
      this.#signal === undefined ? options : { ...options, signal: this.#signal },
    ).catch(async (error: unknown) => {
      await stopProcess(identity, 2);
      if (!(error instanceof NotInTime)) throw error;
      throw new NotInTime(`${error.message}\n${lastLines(this.#folder.log(part.name))}`);
    });
    return identity;
  }

  #launch(part: PartCommand): ProcessIdentity {
    this.#signal?.throwIfAborted();
    const log = openSync(this.#folder.log(part.name), 'a', 0o600);
    try {
      const child = spawn(part.command, part.parameters, {
        cwd: this.#folder.run,
        detached: true,
        stdio: ['ignore', log, log],
        env: part.environment ?? process.env,
      });
      // Its log says why it could not start; the wait for it sees that there is no such process.
      child.once('error', () => undefined);
      child.unref();
      const identity = child.pid === undefined ? undefined : identityOf(child.pid);
      if (identity === undefined) throw new Error(`${part.name} ended at once: ${part.command}`);
      this.#state.add({ name: part.name, ...identity });
      return identity;
    } finally {
      closeSync(log);
    }
  }
}

/** Asks the process to end, and ends it if it has not within the grace. */
export async function stopProcess(identity: ProcessIdentity, graceSeconds: number): Promise<void> {
  if (!signalProcess(identity, 'SIGTERM')) return;
  for (let waited = 0; waited < graceSeconds; waited += 0.05) {
    if (!isAlive(identity)) return;
    await delay(50);
  }
  signalProcess(identity, 'SIGKILL');
  while (isAlive(identity)) await delay(20);
}

function lastLines(file: string): string {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(-15).join('\n');
  } catch {
    return '';
  }
}
