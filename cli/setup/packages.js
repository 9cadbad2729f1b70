import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withInstallLock } from './install-lock.js';
import { SetupError, say } from './messages.js';
import { runNpm } from './npm.js';

/** @typedef {{version?: string, dev?: boolean, devOptional?: boolean, optional?: boolean}} LockedPackage */
/** @typedef {'run' | 'develop'} Purpose what the packages are for: running the farm, or working on it as well */

/** The folder of the repository: the one that holds package.json. */
export const repositoryFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Installs the packages that package-lock.json names and node_modules does not hold in that version. Does nothing,
 * in a few milliseconds, where they are all there.
 * @param {Purpose} purpose
 * @param {string} [repository]
 * @returns {Promise<void>}
 */
export async function ensurePackages(purpose, repository = repositoryFolder) {
  if (missingPackage(purpose, repository) === undefined) return;
  await withInstallLock(repository, async (hold) => {
    // Whoever held the lock before may have installed them.
    if (missingPackage(purpose, repository) !== undefined) await install(purpose, repository, hold);
  });
  const missing = missingPackage(purpose, repository);
  if (missing !== undefined) {
    throw new SetupError(`Expected npm to install ${missing}, but it is not there. Run: npm ci`);
  }
}

/**
 * The first package that is asked for and not there in the locked version; undefined where nothing is missing.
 * @param {Purpose} purpose
 * @param {string} [repository]
 * @returns {string | undefined}
 */
export function missingPackage(purpose, repository = repositoryFolder) {
  const wanted = readLock(join(repository, 'package-lock.json'));
  if (wanted === undefined) {
    throw new SetupError(
      `Expected ${repository}/package-lock.json. Restore it: git checkout package-lock.json`,
    );
  }
  const installed = readLock(installedLockPath(repository));
  if (installed === undefined) return 'node_modules';
  const missing = Object.entries(wanted).find(([folder, locked]) => {
    if (folder === '' || (purpose === 'run' && isForDevelopment(locked))) return false;
    const there = installed[folder];
    if (there === undefined) return !mayBeLeftOut(locked);
    return there.version !== locked.version || !existsSync(join(repository, folder));
  });
  return missing?.[0];
}

/**
 * @param {Purpose} purpose
 * @param {string} repository
 * @param {(pid: number) => void} hold told the process that must have ended before anybody else installs
 * @returns {Promise<void>}
 */
async function install(purpose, repository, hold) {
  const installed = readLock(installedLockPath(repository));
  // Whoever works on the farm keeps the tools when only the packages of the farm are out of date.
  const develop = purpose === 'develop' || Object.values(installed ?? {}).some(isForDevelopment);
  const what = develop ? 'the packages and the development tools' : 'the packages';
  say(`installing ${what} into node_modules (once, about ${develop ? '25' : '10'} s)`);
  // Node itself and sharp's binaries are optional packages, whatever the user's own settings leave out.
  const scope = [develop ? '--include=dev' : '--omit=dev', '--include=optional'];
  // No package here needs its install scripts, not even Node itself (see cli/setup/node.js): none of them runs.
  const flags = [
    ...scope,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--loglevel=error',
  ];
  // `npm ci` empties node_modules first, below the feet of whatever runs from it: only where there is nothing yet.
  if (installed === undefined && (await runNpm(['ci', ...flags], repository, hold)).ok) return;
  const second = await runNpm(['install', '--no-save', ...flags], repository, hold);
  if (!second.ok) {
    throw new SetupError(
      `npm could not install the packages:\n${second.output}\nMend what it names, then run: npm ci`,
    );
  }
}

/**
 * npm writes what it has really installed here, at the end of every installation.
 * @param {string} repository
 * @returns {string}
 */
function installedLockPath(repository) {
  return join(repository, 'node_modules', '.package-lock.json');
}

/**
 * @param {LockedPackage} locked
 * @returns {boolean}
 */
function isForDevelopment(locked) {
  return locked.dev === true;
}

/**
 * npm leaves out the optional packages of other platforms.
 * @param {LockedPackage} locked
 * @returns {boolean}
 */
function mayBeLeftOut(locked) {
  return locked.optional === true || locked.devOptional === true;
}

/**
 * @param {string} path
 * @returns {Record<string, LockedPackage> | undefined} undefined where there is no such file
 */
function readLock(path) {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  /** @type {unknown} */
  const content = JSON.parse(readFileSync(path, 'utf8'));
  return /** @type {{packages?: Record<string, LockedPackage>}} */ (content).packages ?? {};
}
