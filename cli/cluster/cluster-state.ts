import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { ProcessIdentity } from '../local/process-identity.ts';
import type { ClusterFolder } from './cluster-folder.ts';

/** One process of the cluster, as written down the moment it was started. */
export interface PartRecord extends ProcessIdentity {
  readonly name: string;
}

/** What is written down of the cluster, so that whoever comes later can take it down. */
export interface ClusterState {
  readonly version: 1;
  /** The process that the cluster is for, and ends with; absent where it stays until it is taken down. */
  readonly owner?: ProcessIdentity;
  readonly parts: readonly PartRecord[];
  /** What IP forwarding was before; put back when the cluster is down. */
  readonly forwarding?: string;
  readonly ready: boolean;
}

export class ClusterStateFile {
  readonly #path: string;

  constructor(folder: ClusterFolder) {
    this.#path = folder.inRun('state.json');
  }

  read(): ClusterState | undefined {
    try {
      return JSON.parse(readFileSync(this.#path, 'utf8')) as ClusterState;
    } catch {
      return undefined;
    }
  }

  /** Whole or not at all: a crash in the middle must leave something to clean up by. */
  write(state: ClusterState): void {
    writeFileSync(`${this.#path}.new`, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }

  change(change: Partial<ClusterState>): void {
    const before = this.read() ?? { version: 1, parts: [], ready: false };
    this.write({ ...before, ...change });
  }

  add(part: PartRecord): void {
    this.change({ parts: [...(this.read()?.parts ?? []), part] });
  }

  forget(): void {
    rmSync(this.#path, { force: true });
  }
}
