import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, normalize, relative, resolve, sep } from 'node:path';
import type { StackFile } from './stack-file.ts';

/** A path to be copied into every function that does not lie in the project. */
export class ForbiddenCopyPath extends Error {
  override readonly name = 'ForbiddenCopyPath';
  constructor(path: string) {
    super(`Expected a path below the folder of the stack file in configuration.copy; got ${path}.`);
  }
}

export interface ContextPlaces {
  /** Folder of the stack file; handlers, templates and copied paths count from here. */
  readonly project: string;
  /** Gets one folder for each function. One that is there already is made anew. */
  readonly output: string;
}

/** First-level entries of a handler's folder that faas-cli leaves out. */
const LEFT_OUT: readonly string[] = ['build', 'template'];

/**
 * Lays out what Docker is given to build one function, by the rules of `faas-cli build --shrinkwrap`: the template,
 * the handler's folder over its function/, and each copied path below that.
 *
 * @returns the context's folder
 */
export function layOutBuildContext(stack: StackFile, name: string, places: ContextPlaces): string {
  const { project } = places;
  const wanted = stack.functions[name];
  if (wanted === undefined) {
    const names = Object.keys(stack.functions).join(', ');
    throw new RangeError(`Expected a function of the stack file (${names}); got ${name}.`);
  }
  const context = join(places.output, name);
  const handlerFolder = join(context, 'function');
  rmSync(context, { recursive: true, force: true });
  // Only the owner may enter, as with faas-cli: an image for any user has to widen that itself.
  mkdirSync(handlerFolder, { recursive: true, mode: 0o700 });
  copy(join(project, 'template', wanted.lang), context);
  const handler = join(project, wanted.handler);
  for (const entry of readdirSync(handler)) {
    if (!LEFT_OUT.includes(entry)) copy(join(handler, entry), join(handlerFolder, entry));
  }
  for (const path of stack.configuration.copy) {
    const source = insideProject(path, project);
    copy(source, join(handlerFolder, normalize(relative(project, source))));
  }
  return context;
}

function insideProject(path: string, project: string): string {
  const absolute = resolve(project, path);
  if (!absolute.startsWith(resolve(project) + sep)) throw new ForbiddenCopyPath(path);
  return absolute;
}

/** What a link leads to is copied, not the link. */
function copy(source: string, destination: string): void {
  cpSync(source, destination, { recursive: true, dereference: true });
}
