import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SetupError, say } from './messages.js';

/** An installation that takes longer than this is taken for dead, even if its process number is in use again. */
const OLDEST_LOCK_SECONDS = 900;
/** Taking over a dead lock is a handful of system calls; a guard this old was left by a process that died in them. */
const OLDEST_GUARD_SECONDS = 10;
const RETRY_MILLISECONDS = 100;

/**
 * Runs `work` while no other process on this machine runs it for the same repository: two installations into one
 * node_modules corrupt it. The lock is a folder, because making a folder is atomic everywhere.
 * @template T
 * @param {string} repository folder of the repository
 * @param {(hold: (pid: number) => void) => Promise<T>} work may name a process for which the lock is held as well, even
 *   where this one is killed
 * @returns {Promise<T>}
 */
export async function withInstallLock(repository, work) {
  const lock = join(repository, '.farmhand', 'install.lock');
  mkdirSync(join(repository, '.farmhand'), { recursive: true });
  let told = false;
  const giveUpAt = performance.now() + 2 * OLDEST_LOCK_SECONDS * 1000;
  while (!tryLock(lock)) {
    if (!told) say('another process is installing the packages; waiting for it');
    told = true;
    if (performance.now() > giveUpAt)
      throw new SetupError(`Expected ${lock} to be released. Remove it by hand.`);
    if (isDead(lock)) takeAway(lock);
    await delay(RETRY_MILLISECONDS);
  }
  try {
    return await work((pid) => {
      writeFileSync(join(lock, 'installer'), String(pid));
    });
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/**
 * @param {string} lock
 * @returns {boolean}
 */
function tryLock(lock) {
  try {
    mkdirSync(lock);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
  writeFileSync(join(lock, 'pid'), String(process.pid));
  return true;
}

/**
 * @param {string} lock
 * @returns {boolean}
 */
function isDead(lock) {
  const age = ageSeconds(lock);
  if (age === undefined) return false;
  if (age > OLDEST_LOCK_SECONDS) return true;
  if (isRunningIn(join(lock, 'installer'))) return false;
  const pid = Number(readIfThere(join(lock, 'pid')) ?? Number.NaN);
  // Made, but its owner not written yet: that takes microseconds, so an old one has no owner.
  if (!Number.isInteger(pid) || pid <= 0) return age > OLDEST_GUARD_SECONDS;
  return !isRunning(pid);
}

/**
 * Removes a dead lock under a guard, looking once more: without it, two waiting processes could both find the lock
 * dead, and the slower one would remove the lock that the faster one has just taken.
 * @param {string} lock
 * @returns {void}
 */
function takeAway(lock) {
  const guard = `${lock}.guard`;
  if ((ageSeconds(guard) ?? 0) > OLDEST_GUARD_SECONDS) rmSync(guard, { recursive: true, force: true });
  if (!tryLock(guard)) return;
  if (isDead(lock)) rmSync(lock, { recursive: true, force: true });
  rmSync(guard, { recursive: true, force: true });
}

/**
 * @param {string} file that may hold a process number
 * @returns {boolean}
 */
function isRunningIn(file) {
  const pid = Number(readIfThere(file) ?? Number.NaN);
  return Number.isInteger(pid) && pid > 0 && isRunning(pid);
}

/**
 * @param {number} pid
 * @returns {boolean}
 */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/**
 * @param {string} path
 * @returns {number | undefined}
 */
function ageSeconds(path) {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts && (Date.now() - facts.mtimeMs) / 1000;
}

/**
 * @param {string} path
 * @returns {string | undefined}
 */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * @param {unknown} error
 * @param {string} code
 * @returns {boolean}
 */
function hasCode(error, code) {
  return error instanceof Error && 'code' in error && error.code === code;
}
