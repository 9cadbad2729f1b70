import { mkdirSync } from 'node:fs';
import type { ClusterFolder } from './cluster-folder.ts';
import { PartStarter, stopProcess } from './cluster-part.ts';
import type { ClusterStateFile } from './cluster-state.ts';
import { DEBIAN_PARTS } from './debian-parts.ts';
import { runProgram } from './run-program.ts';
import type { ProgramOptions } from './run-program.ts';

const NAME = 'dockerd';
const STOP_SECONDS = 15;

/** Builds images, and does nothing else: no network of its own, no containers that stay. */
export class DockerDaemon {
  readonly #folder: ClusterFolder;
  readonly #state: ClusterStateFile;

  constructor(folder: ClusterFolder, state: ClusterStateFile) {
    this.#folder = folder;
    this.#state = state;
  }

  async start(signal?: AbortSignal): Promise<void> {
    // The layers are kept: the second build of an image takes a second.
    const layers = this.#folder.cached('docker');
    mkdirSync(layers, { recursive: true });
    await new PartStarter(this.#folder, this.#state, signal).start({
      name: NAME,
      command: DEBIAN_PARTS.dockerd.path,
      parameters: [
        ...['--data-root', layers, '--exec-root', this.#folder.inRun('docker')],
        ...['--host', this.#host, '--pidfile', this.#folder.inRun('docker.pid')],
        ...['--iptables=false', '--ip6tables=false', '--bridge=none', '--config-file', this.#settings()],
      ],
      isReady: async () => (await this.docker(['version', '--format', '{{.Server.Version}}'])) !== '',
    });
  }

  async stop(): Promise<void> {
    const state = this.#state.read();
    for (const part of state?.parts ?? []) if (part.name === NAME) await stopProcess(part, STOP_SECONDS);
    if (state !== undefined) this.#state.change({ parts: state.parts.filter((part) => part.name !== NAME) });
  }

  /** Runs Docker's command line against this daemon and returns what it printed. */
  docker(parameters: readonly string[], options: ProgramOptions = {}): Promise<string> {
    return runProgram(DEBIAN_PARTS.docker.path, ['--host', this.#host, ...parameters], {
      ...options,
      environment: { ...process.env, DOCKER_BUILDKIT: '0', ...options.environment },
    });
  }

  async hasImage(tag: string): Promise<boolean> {
    return (await this.docker(['image', 'ls', '--quiet', tag])).trim() !== '';
  }

  get #host(): string {
    return `unix://${this.#folder.inRun('docker.sock')}`;
  }

  /** The machine's own settings file is for the machine's own daemon. */
  #settings(): string {
    return this.#folder.writeSettings('docker.json', '{}\n');
  }
}
