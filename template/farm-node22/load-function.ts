import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';

import type { FunctionModule } from './contract.ts';

/** A handler file that the template cannot run. */
export class NotAFunction extends Error {
  override readonly name = 'NotAFunction';
}

/** Imports a handler file and checks what it exports. */
export async function loadFunction(file: string): Promise<FunctionModule> {
  const loaded = (await import(pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  for (const name of ['run', 'handle']) {
    const value = loaded[name];
    if (value !== undefined && typeof value !== 'function')
      throw complaint(file, `${name} to be a function`, value);
  }
  if (loaded['run'] === undefined && loaded['handle'] === undefined) {
    throw complaint(file, 'an exported function run or handle', Object.keys(loaded));
  }
  const doors = loaded['doors'];
  if (doors !== undefined && doors !== 'token' && doors !== 'open') {
    throw complaint(file, "doors to be 'token' or 'open'", doors);
  }
  const openPaths = loaded['openPaths'];
  if (openPaths !== undefined && !isOpenPaths(openPaths)) {
    throw complaint(file, "openPaths to be a list of '/path' or 'METHOD /path'", openPaths);
  }
  return loaded;
}

function isOpenPaths(value: unknown): boolean {
  return (
    Array.isArray(value) && value.every((path) => typeof path === 'string' && /^([A-Z]+ )?\//.test(path))
  );
}

function complaint(file: string, expected: string, got: unknown): NotAFunction {
  return new NotAFunction(`${file}: expected ${expected}, got ${inspect(got, { depth: 1 })}`);
}
