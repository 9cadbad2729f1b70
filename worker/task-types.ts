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
 * All are imported at the start, so that no task waits for it. A name from outside is only ever looked up among
 * those found then: it never becomes a path.
 */
export class TaskTypes {
  readonly #works: ReadonlyMap<string, Work>;
  readonly #broken: ReadonlyMap<string, string>;

  constructor(works: ReadonlyMap<string, Work>, broken: ReadonlyMap<string, string> = new Map()) {
    this.#works = works;
    this.#broken = broken;
  }

  /** Imports the task types of a folder. A file that cannot be imported fails its own tasks only. */
  static async load(folder: string): Promise<TaskTypes> {
    const works = new Map<string, Work>();
    const broken = new Map<string, string>();
    for (const file of await readdir(folder)) {
      const name = TYPE_FILE.exec(file)?.[1];
      if (name === undefined) continue;
      try {
        const module = (await import(pathToFileURL(join(folder, file)).href)) as { readonly work?: unknown };
        if (typeof module.work === 'function') works.set(name, module.work as Work);
      } catch (error) {
        broken.set(name, reasonOf(error));
      }
    }
    return new TaskTypes(works, broken);
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
  find(type: string): Work {
    const work = this.#works.get(type);
    if (work !== undefined) return work;
    const reason = this.#broken.get(type);
    if (reason !== undefined) throw new BrokenTaskType(type, reason);
    throw new InvalidInput(
      `there is no task type ${JSON.stringify(type.slice(0, 64))}; there are: ${this.names.join(', ') || 'none'}`,
    );
  }
}

/** The file of a task type fails at its import. */
class BrokenTaskType extends Error {
  override readonly name = 'BrokenTaskType';
  constructor(type: string, reason: string) {
    super(`the task type ${type} could not be loaded: ${reason}`);
  }
}
