import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '../setup/packages.js';
import { identityOf, isAlive } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** A part of the farm that answers HTTP. */
export const DOORS = ['emitter', 'collector', 'autoscaler'] as const;
export type Door = (typeof DOORS)[number];

/** What is written down of a farm that runs on this machine. */
export interface FarmState {
  readonly version: 1;
  readonly farm: string;
  readonly startedAt: string;
  /** Whoever ends this process ends the farm. */
  readonly supervisor: ProcessIdentity;
  /** The other processes that do not end by themselves when the supervisor is killed. */
  readonly redis: ProcessIdentity & { readonly port: number };
  readonly urls: Readonly<Partial<Record<Door, string>>>;
  readonly workers: { readonly min: number; readonly max: number };
}

/** Folder under which every farm of this machine keeps its state. */
export function farmsFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = environment['FARMHAND_HOME'];
  return chosen === undefined || chosen === '' ? join(repositoryFolder, '.farmhand') : chosen;
}

/** Where one farm keeps what outlives its processes: state, logs, secrets, and the files of its Redis. */
export class StateFolder {
  readonly farm: string;
  readonly path: string;

  constructor(farm: string, path: string = join(farmsFolder(), farm)) {
    this.farm = farm;
    this.path = path;
  }

  get secrets(): string {
    return join(this.path, 'secrets');
  }

  get logs(): string {
    return join(this.path, 'logs');
  }

  get redis(): string {
    return join(this.path, 'redis');
  }

  log(name: string): string {
    return join(this.logs, `${name}.log`);
  }

  /** What opens the farm's doors. */
  get tokenFile(): string {
    return join(this.secrets, 'farmhand-token');
  }

  makeFolders(): void {
    for (const folder of [this.path, this.secrets, this.logs, this.redis]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
  }

  /** Makes the folders, and the secrets that are not there yet: a farm that starts again keeps its token. */
  prepare(): void {
    this.makeFolders();
    for (const name of ['farmhand-token', 'redis-password']) {
      if (this.secret(name) === undefined)
        this.#write(join(this.secrets, name), randomBytes(24).toString('base64url'));
    }
  }

  /**
   * Takes the folder for this process; false where another process that lives has it. Two farms in one folder would
   * write one append-only file.
   */
  take(): boolean {
    const before = this.owner();
    if (before !== undefined && !isAlive(before)) this.giveBack();
    const own = `${this.#ownerFile}.${process.pid}`;
    writeFileSync(own, JSON.stringify(identityOf(process.pid)), { mode: 0o600 });
    try {
      // Unlike a rename, it never takes the place of a file that is there.
      linkSync(own, this.#ownerFile);
      return true;
    } catch {
      return false;
    } finally {
      rmSync(own);
    }
  }

  giveBack(): void {
    rmSync(this.#ownerFile, { force: true });
  }

  /** The process that has taken the folder last, if it has not given it back. It may be gone. */
  owner(): ProcessIdentity | undefined {
    const text = readIfThere(this.#ownerFile);
    return text === undefined ? undefined : (JSON.parse(text) as ProcessIdentity);
  }

  get #ownerFile(): string {
    return join(this.path, 'owner.json');
  }

  secret(name: string): string | undefined {
    return readIfThere(join(this.secrets, name))?.trim();
  }

  readState(): FarmState | undefined {
    const text = readIfThere(join(this.path, 'state.json'));
    return text === undefined ? undefined : (JSON.parse(text) as FarmState);
  }

  writeState(state: FarmState): void {
    this.#write(join(this.path, 'state.json'), `${JSON.stringify(state, undefined, 2)}\n`);
  }

  forgetState(): void {
    rmSync(join(this.path, 'state.json'), { force: true });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  /** Whole or not at all: a reader never meets half a file. */
  #write(file: string, text: string): void {
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
