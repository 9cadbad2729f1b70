import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the cluster of this machine keeps everything: nothing of it lies in the repository. */
export class ClusterFolder {
  /** What is worth keeping from one cluster to the next: the binary, the layers of images. */
  readonly cache: string;
  /** What belongs to the cluster that is up: state, sockets, logs. Gone when it is down. */
  readonly run: string;

  constructor(environment: NodeJS.ProcessEnv = process.env) {
    const caches = environment['XDG_CACHE_HOME'];
    const base = caches === undefined || caches === '' ? join(homedir(), '.cache') : caches;
    this.cache = join(base, 'farmhand', 'cluster');
    this.run = join(this.cache, 'run');
  }

  get kubeconfig(): string {
    return join(this.run, 'kubeconfig');
  }

  /** A file or folder of the cluster that is up. */
  inRun(...names: string[]): string {
    return join(this.run, ...names);
  }

  cached(...names: string[]): string {
    return join(this.cache, ...names);
  }

  log(name: string): string {
    return this.inRun('logs', `${name}.log`);
  }

  prepare(): void {
    for (const folder of [this.cache, this.run, this.inRun('logs'), this.inRun('settings')]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
  }

  /** Writes a settings file of one of the parts, for its owner's eyes only: some hold tokens. */
  writeSettings(name: string, content: string): string {
    const path = this.inRun('settings', name);
    this.writeFile(path, content);
    return path;
  }

  writeFile(path: string, content: string): void {
    writeFileSync(path, content, { mode: 0o600 });
  }
}
