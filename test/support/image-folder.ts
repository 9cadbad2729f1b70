import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** What lies in an image of the template, at /home/app. */
export interface ImageFolder {
  readonly runtime: string;
  readonly handler: string;
}

/**
 * Does with a build context what the template's Dockerfile does with it, without Docker: leaves out what its
 * .dockerignore names, and gives runtime and function their own packages only, linked instead of installed.
 */
export function layOutImage(context: string, home: string): ImageFolder {
  const runtime = join(home, 'runtime');
  for (const file of readdirSync(context).filter((name) => /\.[jt]s$/.test(name))) {
    cpSync(join(context, file), join(runtime, file));
  }
  linkPackages(context, runtime);
  cpSync(join(context, 'function'), join(home, 'function'), { recursive: true });
  const ignored = readFileSync(join(context, '.dockerignore'), 'utf8').split('\n');
  for (const path of ignored.filter((line) => line.startsWith('function/'))) {
    rmSync(join(home, path), { recursive: true, force: true });
  }
  const shared = join(home, 'function', 'shared');
  if (existsSync(shared)) renameSync(shared, join(home, 'shared'));
  cpSync(join(home, 'function', 'package.json'), join(home, 'package.json'));
  linkPackages(home, home);
  return { runtime: join(runtime, 'index.js'), handler: join(home, 'function', 'handler.ts') };
}

/** The dependencies of a folder's package.json, and nothing else: what one forgets to list is not found. */
function linkPackages(folder: string, to: string): void {
  const content = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  if (folder !== to) cpSync(join(folder, 'package.json'), join(to, 'package.json'));
  for (const name of Object.keys(content.dependencies ?? {})) {
    const link = join(to, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(REPOSITORY, 'node_modules', name), link);
  }
}
