import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASE_IMAGE, ensureBaseImage } from './base-image.ts';
import { layOutBuildContext } from './build-context.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import type { ClusterStateFile } from './cluster-state.ts';
import { DockerDaemon } from './docker-daemon.ts';
import { readStackFile } from './stack-file.ts';

/** How the images of a build are called: `<prefix>/farmhand-<function>:<tag>`. */
export interface ImageNames {
  readonly prefix: string;
  readonly tag: string;
}

export interface BuildRequest {
  readonly repository: string;
  readonly names: ImageNames;
  /** Some of the stack's functions; all of them by default. */
  readonly functions?: readonly string[];
  /** What the stack file fills in, over the variables of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** An image as it was built. */
export interface BuiltImage {
  readonly functionName: string;
  readonly tag: string;
  readonly bytes: number;
  /** Of the layers above the image that it is built on. */
  readonly ownBytes: number;
  readonly seconds: number;
}

/** Builds the functions' images from their Dockerfiles with the legacy builder, in contexts laid out like faas-cli's. */
export class ImageBuilder {
  readonly daemon: DockerDaemon;
  readonly #folder: ClusterFolder;
  readonly #say: (line: string) => void;

  constructor(folder: ClusterFolder, state: ClusterStateFile, say: (line: string) => void) {
    this.#folder = folder;
    this.#say = say;
    this.daemon = new DockerDaemon(folder, state);
  }

  /** Runs `work` while there is a daemon to build with and an image to build on. */
  async withDaemon<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      await this.daemon.start(signal);
      await ensureBaseImage(this.#folder, this.daemon, this.#say);
      return await work();
    } finally {
      await this.daemon.stop();
    }
  }

  async build({ repository, names, functions, environment }: BuildRequest): Promise<BuiltImage[]> {
    const variables = { ...process.env, OPENFAAS_PREFIX: names.prefix, TAG: names.tag, ...environment };
    const stack = readStackFile(readFileSync(join(repository, 'stack.yml'), 'utf8'), variables);
    const places = { project: repository, output: this.#folder.inRun('contexts') };
    const built: BuiltImage[] = [];
    for (const [name, source] of Object.entries(stack.functions)) {
      if (functions !== undefined && !functions.includes(name)) continue;
      const context = layOutBuildContext(stack, name, places);
      const image = await this.#buildContext(context, source.image, source.build_args);
      built.push({ functionName: name, ...image });
    }
    return built;
  }

  async #buildContext(
    context: string,
    tag: string,
    buildArguments: Readonly<Record<string, string>>,
  ): Promise<Omit<BuiltImage, 'functionName'>> {
    const startedAt = performance.now();
    const given = Object.entries(buildArguments).flatMap(([name, value]) => [
      '--build-arg',
      `${name}=${value}`,
    ]);
    await this.daemon.docker(['build', '--network', 'host', '--tag', tag, ...given, context]);
    const bytes = await this.#size(tag);
    const ownBytes = bytes - (await this.#size(BASE_IMAGE));
    const seconds = (performance.now() - startedAt) / 1000;
    this.#say(`built ${tag} in ${seconds.toFixed(1)} s: ${megabytes(ownBytes)} MB above the base image`);
    return { tag, bytes, ownBytes, seconds };
  }

  async #size(tag: string): Promise<number> {
    return Number(await this.daemon.docker(['image', 'inspect', '--format', '{{.Size}}', tag]));
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
