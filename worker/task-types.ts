import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InvalidInput } from './tasks/task-type.ts';
import type { Work } from './tasks/task-type.ts';
import { reasonOf } from './reason.ts';

/** `<name>.ts`, where the name may stand in a URL, a metric and a log as it is. */
const TYPE_FILE = /^([a-z][a-z0-9-]*)\.ts$/;

/**
 * The task types of one folder: every file `<name>.ts` that exports a function `work`.
 *
 * All are imported at the start, so that no task waits for it. A type that is not among them may have been written
 * since: the folder is looked at again before its task fails. A name from outside is only ever looked up among the
 * files of the folder: it never becomes a path.
 */
export class TaskTypes {
  readonly #folder: string;
  readonly #works = new Map<string, Work>();
  readonly #broken = new Map<string, string>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Imports the task types of a folder. A file that cannot be imported fails its own tasks only. */
  static async load(folder: string): Promise<TaskTypes> {
    const types = new TaskTypes(folder);
    for (const name of await types.#namesInFolder()) await types.#import(name);
    return types;
  }

  get names(): readonly string[] {
    return [...this.#works.keys()].sort();
  }

  /** Why a file could not be imported, by type. */
  get broken(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#broken);
  }

  /**
   * @throws InvalidInput where there is no such type
   * @throws BrokenTaskType where its file could not be imported: another worker may be able to
   */
  async find(type: string): Promise<Work> {
    const known = this.#works.get(type);
    if (known !== undefined) return known;
    if (!this.#broken.has(type) && (await this.#namesInFolder()).includes(type)) await this.#import(type);
    const work = this.#works.get(type);
    if (work !== undefined) return work;
    const reason = this.#broken.get(type);
    if (reason !== undefined) throw new BrokenTaskType(type, reason);
    throw new InvalidInput(
      `there is no task type ${JSON.stringify(type.slice(0, 64))}; there are: ${this.names.join(', ') || 'none'}`,
    );
  }

  async #namesInFolder(): Promise<readonly string[]> {
    const files = await readdir(this.#folder);
    return files.flatMap((file) => TYPE_FILE.exec(file)?.[1] ?? []);
  }

  /** @param name of a file that is in the folder */
  async #import(name: string): Promise<void> {
    try {
      const file = pathToFileURL(join(this.#folder, `${name}.ts`));
      const module = (await import(file.href)) as { readonly work?: unknown };
      if (typeof module.work === 'function') this.#works.set(name, module.work as Work);
    } catch (error) {
      this.#broken.set(name, reasonOf(error));
    }
  }
}

/** The file of a task type fails at its import. */
class BrokenTaskType extends Error {
  override readonly name = 'BrokenTaskType';
  constructor(type: string, reason: string) {
    super(`the task type ${type} could not be loaded: ${reason}`);
  }
}
