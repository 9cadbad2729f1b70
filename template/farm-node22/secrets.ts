import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A secret file that is there but cannot be read. */
export class UnreadableSecret extends Error {
  override readonly name = 'UnreadableSecret';
  constructor(file: string, cause: unknown) {
    super(`Expected a secret file that this user can read at ${file}; check its owner and mode`, { cause });
  }
}

/** Shorter values are not blotted out of the log: they would match everywhere and hide nothing. */
const SHORTEST_BLOTTED = 8;
/** Rotation adds values of a secret; only the last few can still be in use. */
const MOST_REMEMBERED = 4;

/** The secrets of a function: files in one folder, read anew at every call, since the platform rotates them in place. */
export class Secrets {
  readonly #folder: string;
  /** By name, the values handed out, as they would look inside a JSON string: one that is rotated pushes out no other. */
  readonly #seen = new Map<string, readonly string[]>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The secret without its trailing newline; undefined where the file is missing or empty. */
  read(name: string): string | undefined {
    if (!/^[a-zA-Z0-9][-._a-zA-Z0-9]*$/.test(name)) {
      throw new RangeError(
        `Expected the name of a secret (letters, digits, dot, dash, underscore), got ${JSON.stringify(name)}`,
      );
    }
    const text = this.#readFile(join(this.#folder, name))?.replace(/[\r\n]+$/, '');
    if (text === undefined || text === '') return undefined;
    this.#remember(name, text);
    return text;
  }

  /** The line with every secret that was handed out replaced. */
  blotOut(line: string): string {
    let clean = line;
    for (const value of [...this.#seen.values()].flat()) clean = clean.replaceAll(value, '[secret]');
    return clean;
  }

  #readFile(file: string): string | undefined {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw new UnreadableSecret(file, error);
    }
  }

  #remember(name: string, text: string): void {
    if (text.length < SHORTEST_BLOTTED) return;
    const value = JSON.stringify(text).slice(1, -1);
    const seen = this.#seen.get(name) ?? [];
    if (!seen.includes(value)) this.#seen.set(name, [...seen, value].slice(-MOST_REMEMBERED));
  }
}
