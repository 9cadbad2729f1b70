import { mkdirSync } from 'node:fs';
import { isAlive } from '../local/process-identity.ts';
import type { ProcessIdentity } from '../local/process-identity.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import { PartStarter, stopProcess } from './cluster-part.ts';
import type { ClusterStateFile } from './cluster-state.ts';
import { DEBIAN_PARTS } from './debian-parts.ts';
import { runProgram } from './run-program.ts';
import type { ProgramOptions } from './run-program.ts';
import { waitUntil } from './wait-until.ts';

const NAME = 'dockerd';
const STOP_SECONDS = 15;
/** How long another build may take. */
const OTHER_BUILD_SECONDS = 900;

/** Builds images, and does nothing else: no network of its own, no containers that stay. */
export class DockerDaemon {
  readonly #folder: ClusterFolder;
  readonly #state: ClusterStateFile;
  #process: ProcessIdentity | undefined;

  constructor(folder: ClusterFolder, state: ClusterStateFile) {
    this.#folder = folder;
    this.#state = state;
  }

  async start(signal?: AbortSignal): Promise<void> {
    await this.#othersToEnd(signal);
    // The layers are kept: the second build of an image takes a second.
    const layers = this.#folder.cached('docker');
    mkdirSync(layers, { recursive: true });
    this.#process = await new PartStarter(this.#folder, this.#state, signal).start({
      name: NAME,
      command: DEBIAN_PARTS.dockerd.path,
      parameters: [
        ...['--data-root', layers, '--exec-root', this.#folder.inRun('docker')],
        ...['--host', this.#host, '--pidfile', this.#folder.inRun('docker.pid')],
        ...[
          '--iptables=false',
          '--ip6tables=false',
          '--bridge=none',
          '--ip-forward=false',
          '--config-file',
          this.#settings(),
        ],
      ],
      isReady: async () => (await this.docker(['version', '--format', '{{.Server.Version}}'])) !== '',
    });
  }

  async stop(): Promise<void> {
    const mine = this.#process;
    if (mine === undefined) return;
    await stopProcess(mine, STOP_SECONDS);
    const state = this.#state.read();
    if (state !== undefined) this.#state.change({ parts: state.parts.filter(({ pid }) => pid !== mine.pid) });
  }

  /** Two daemons over the same layers would spoil them: another build on this machine ends first. */
  async #othersToEnd(signal?: AbortSignal): Promise<void> {
    const isBuilding = (): boolean =>
      this.#state.read()?.parts.some((part) => part.name === NAME && isAlive(part)) ?? false;
    await waitUntil('another build of images to end', () => Promise.resolve(!isBuilding()), {
      seconds: OTHER_BUILD_SECONDS,
      ...(signal === undefined ? {} : { signal }),
    });
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
