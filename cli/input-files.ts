import { readdirSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { CommandError, EXIT } from './exit-codes.ts';

/** What an image task takes from a folder; a file that is named itself is always taken. */
const PICTURES = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i;
/** Hidden files are left out: they are seldom meant. */
const ANY_FILE = /^[^.]/;

export interface InputFile {
  readonly path: string;
  /** What its outputs are called: the path inside the folder that was given, or the file's name. */
  readonly name: string;
}

/**
 * The files that were named, and the files in the folders that were named, each once.
 *
 * @param type of the tasks: images take only the pictures in a folder, other types every file
 */
export function inputFiles(paths: readonly string[], type = 'image'): readonly InputFile[] {
  const wanted = type === 'image' ? PICTURES : ANY_FILE;
  const found = new Map<string, InputFile>();
  for (const path of paths) {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (facts === undefined) throw new CommandError(`There is no file or folder ${path}.`, EXIT.usage);
    const files = facts.isDirectory() ? filesIn(path, wanted) : [{ path, name: basename(path) }];
    for (const file of files) found.set(file.path, file);
  }
  if (found.size === 0) {
    const what = type === 'image' ? 'pictures (jpeg, png, webp, avif, gif, tiff)' : 'files';
    throw new CommandError(`No ${what} in ${paths.join(', ')}.`, EXIT.usage);
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

function filesIn(folder: string, wanted: RegExp): InputFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && wanted.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path, name: relative(folder, path) }));
}
