import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const repository = join(import.meta.dirname, '..', '..', '..');
const VERSION = /^\d+\.\d+\.\d+$/;

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

type Lock = Readonly<Record<string, LockedPackage>>;

/** Everything that an image installs: a folder with package.json and lock file, and what it may have beyond the root. */
const sets: readonly string[] = [
  'template/farm-node22',
  'emitter',
  'worker',
  'collector',
  'autoscaler',
  ...readdirSync(join(repository, 'autoscaler', 'packages')).map((name) => `autoscaler/packages/${name}`),
];

/** The farm's own environment does without it: its library is large, and may not be had. */
const NOT_INSTALLED_HERE = '@tensorflow/tfjs-node';

function lockOf(folder: string): Lock {
  const content = readFileSync(join(repository, folder, 'package-lock.json'), 'utf8');
  return (JSON.parse(content) as { packages: Lock }).packages;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

function dependenciesOf(folder: string): Readonly<Record<string, string>> {
  const content = readFileSync(join(repository, folder, 'package.json'), 'utf8');
  return (JSON.parse(content) as LockedPackage).dependencies ?? {};
}

const root = lockOf('.');

/** The versions of each package that the repository itself is tested with. */
const tested = new Map<string, Set<string | undefined>>();
for (const [path, { version }] of Object.entries(root)) {
  const versions = tested.get(nameOf(path)) ?? new Set();
  tested.set(nameOf(path), versions.add(version));
}

test.each(sets)('%s names exact versions, the ones that the tests run with', (folder) => {
  for (const [name, version] of Object.entries(dependenciesOf(folder))) {
    expect(version, name).toMatch(VERSION);
    if (name !== NOT_INSTALLED_HERE) expect(version, name).toBe(root[`node_modules/${name}`]?.version);
  }
});

test.each(sets)('the lock file of %s fits its package.json and names no registry', (folder) => {
  const lock = lockOf(folder);
  expect(lock['']?.dependencies).toEqual(dependenciesOf(folder));
  expect(Object.values(lock).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
});

test.each(sets)('%s locks the packages below them to versions that the tests run with, too', (folder) => {
  if (NOT_INSTALLED_HERE in dependenciesOf(folder)) return;
  const lock = Object.entries(lockOf(folder)).filter(([path]) => path !== '');
  const other = lock.filter(([path, { version }]) => tested.get(nameOf(path))?.has(version) !== true);
  expect(other.map(([path, { version }]) => `${path} ${String(version)}`)).toEqual([]);
});

test('no image carries what only another function needs', () => {
  const installed = new Map(sets.map((folder) => [folder, new Set(Object.keys(lockOf(folder)).map(nameOf))]));
  const holders = (name: string): string[] => sets.filter((folder) => installed.get(folder)?.has(name));
  expect(holders('sharp')).toEqual(['worker']);
  expect(holders('express')).toEqual(['template/farm-node22']);
  const autoscaler = [
    'autoscaler',
    'autoscaler/packages/tensorflow',
    'autoscaler/packages/tensorflow-native',
  ];
  expect(holders('@kubernetes/client-node')).toEqual(autoscaler);
  expect(holders('@tensorflow/tfjs')).toEqual(autoscaler.slice(1));
});

test.each(['x64', 'arm64'])('the worker can be installed on linux-%s', (processor) => {
  const lock = lockOf('worker');
  for (const part of ['sharp-linux', 'sharp-libvips-linux']) {
    expect(lock).toHaveProperty([`node_modules/@img/${part}-${processor}`]);
  }
});

test.each(sets.slice(1, 5))('%s lists the packages that its files import, and no others', (folder) => {
  const imported = new Set<string>();
  const seen = new Set<string>();
  const entries = ['handler.ts', 'task-thread-main.ts', 'tasks/image.ts'].map((file) => join(folder, file));
  const waiting = entries.filter((file) => existsSync(join(repository, file)));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const from of importsOf(readFileSync(join(repository, file), 'utf8'))) {
      if (from.startsWith('.')) waiting.push(join(file, '..', from));
      else if (!from.startsWith('node:')) imported.add(from);
    }
  }
  expect([...imported].toSorted()).toEqual(Object.keys(dependenciesOf(folder)));
});

/** What a file imports at run time, at once or when it needs it; its imports of types are gone by then. */
function importsOf(source: string): string[] {
  const atOnce = source.matchAll(/^(?:import|export)\s+(?!type\b)(?:[^'"]*?\sfrom\s+)?'([^']+)'/gm);
  const later = source.matchAll(/\bimport\('([^']+)'\)/g);
  return [...atOnce, ...later].flatMap(([, from]) => from ?? []);
}
