import { readdirSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { CommandError, EXIT } from './exit-codes.ts';

/** What is taken from a folder; a file that is named itself is always taken. */
const PICTURES = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i;

export interface InputFile {
  readonly path: string;
  /** What its outputs are called: the path inside the folder that was given, or the file's name. */
  readonly name: string;
}

/** The files that were named, and the pictures in the folders that were named, each once. */
export function inputFiles(paths: readonly string[]): readonly InputFile[] {
  const found = new Map<string, InputFile>();
  for (const path of paths) {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (facts === undefined) throw new CommandError(`There is no file or folder ${path}.`, EXIT.usage);
    const files = facts.isDirectory() ? picturesIn(path) : [{ path, name: basename(path) }];
    for (const file of files) found.set(file.path, file);
  }
  if (found.size === 0) {
    throw new CommandError(
      `No pictures (jpeg, png, webp, avif, gif, tiff) in ${paths.join(', ')}.`,
      EXIT.usage,
    );
  }
  return withNamesOfTheirOwn([...found.values()]);
}

/** Files of one name from different folders: the later ones get a number, or their outputs would be overwritten. */
function withNamesOfTheirOwn(files: readonly InputFile[]): readonly InputFile[] {
  const taken = new Set<string>();
  return files.map(({ path, name }) => {
    let own = name;
    for (let number = 2; taken.has(own); number += 1) own = `${name}-${number}`;
    taken.add(own);
    return { path, name: own };
  });
}

function picturesIn(folder: string): InputFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && PICTURES.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path, name: relative(folder, path) }));
}
