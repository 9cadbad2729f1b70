import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { SetupError, say } from './messages.js';

/** Either will do: Valkey speaks Redis's protocol and runs the same scripts. */
const PROGRAMS = ['redis-server', 'valkey-server'];
/** Where packages put servers, also for users whose PATH leaves those folders out. */
const USUAL_FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
/** What shells say of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;
/** What Debian's maintainer scripts ask before they start a service; 101 answers "no" (see invoke-rc.d(8)). */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/**
 * @typedef {object} InstallOptions
 * @property {((question: string) => Promise<boolean>) | undefined} [ask] who decides; by default the person at the
 *   terminal, and where there is none, nobody is asked
 * @property {string | undefined} [servicePolicy] path of Debian's service policy, for tests
 */

/**
 * The Redis or Valkey server of this machine.
 * @param {NodeJS.ProcessEnv} [environment] `REDIS_SERVER` names another one; `PATH` is searched
 * @returns {string | undefined} its path; undefined where there is none
 */
export function findRedisServer(environment = process.env) {
  const named = environment['REDIS_SERVER'];
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new SetupError(
      `Expected REDIS_SERVER to name a program; ${named} is none. Correct it or unset it.`,
    );
  }
  const folders = [...(environment['PATH'] ?? '').split(delimiter).filter(Boolean), ...USUAL_FOLDERS];
  return PROGRAMS.flatMap((program) => folders.map((folder) => join(folder, program))).find(isExecutable);
}

/**
 * The Redis server of this machine, installed first where there is none.
 * @param {InstallOptions} [options]
 * @returns {Promise<string>} its path
 */
export async function ensureRedisServer(options = {}) {
  return findRedisServer() ?? (await installRedisServer(options));
}

/**
 * Installs redis-server from Debian's or Ubuntu's packages, without starting it as a service.
 * @param {InstallOptions} [options]
 * @returns {Promise<string>} path of the server
 */
export async function installRedisServer(options = {}) {
  const how = 'install redis-server or valkey-server, or name one in REDIS_SERVER.';
  if (process.platform !== 'linux' || !onPath('apt-get')) {
    throw new SetupError(`No Redis server on this machine, and no apt-get to install one: ${how}`);
  }
  if (process.getuid?.() !== 0) {
    throw new SetupError('No Redis server on this machine; install one: sudo apt-get install redis-server');
  }
  const ask = options.ask ?? (process.stdin.isTTY ? askAtTerminal : undefined);
  if (ask && !(await ask('No Redis server on this machine. Install redis-server with apt-get?'))) {
    throw new SetupError(`The farm keeps its queues in Redis: ${how}`);
  }
  say('installing redis-server with apt-get (once; it is not started as a service)');
  await withoutStartingServices(installFromPackages, options.servicePolicy ?? SERVICE_POLICY);
  const server = findRedisServer();
  if (server === undefined) throw new SetupError(`apt-get ended well, but there is no redis-server: ${how}`);
  return server;
}

/** @returns {Promise<void>} */
async function installFromPackages() {
  const parameters = ['install', '--yes', '--quiet', '--no-install-recommends', 'redis-server'];
  // A fresh machine has no package lists, an old one has stale lists: fetch them only then.
  let result = await runQuietly('apt-get', parameters);
  if (!result.ok) {
    await runQuietly('apt-get', ['update', '--quiet']);
    result = await runQuietly('apt-get', parameters);
  }
  if (!result.ok) {
    throw new SetupError(
      `apt-get could not install redis-server:\n${result.output}\nMend what it names, then try again.`,
    );
  }
  // Nobody asked for a service that starts with the machine either. Without systemd there is nothing to undo.
  if (existsSync('/run/systemd/system')) await runQuietly('systemctl', ['disable', 'redis-server']);
}

/**
 * Runs `work` under a service policy that lets no service start, and takes the policy away again whatever happens.
 * A policy that is there already is the administrator's: it stays, and holds.
 * @param {() => Promise<void>} work
 * @param {string} policy
 * @returns {Promise<void>}
 */
async function withoutStartingServices(work, policy) {
  if (existsSync(policy)) {
    await work();
    return;
  }
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  /** @type {NodeJS.Signals | undefined} */
  let stoppedBy;
  // Ending at once would leave the policy behind, and no service would ever start again: first let apt-get end.
  const note = (/** @type {NodeJS.Signals} */ signal) => {
    stoppedBy = signal;
  };
  for (const signal of signals) process.on(signal, note);
  try {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' });
    await work();
  } finally {
    rmSync(policy, { force: true });
    for (const signal of signals) process.removeListener(signal, note);
  }
  if (stoppedBy !== undefined) process.kill(process.pid, stoppedBy);
}

/**
 * @param {string} program
 * @param {string[]} parameters
 * @returns {Promise<{ok: boolean, output: string}>}
 */
function runQuietly(program, parameters) {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    });
    let output = '';
    const keep = (/** @type {Buffer} */ text) => {
      output = (output + text.toString()).slice(-4000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => {
      resolve({ ok: false, output: error.message });
    });
    child.once('close', (code) => {
      resolve({ ok: code === 0, output: output.trim() });
    });
  });
}

/**
 * @param {string} question
 * @returns {Promise<boolean>}
 */
async function askAtTerminal(question) {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise((resolve, reject) => {
      const given = (/** @type {string} */ answer) => {
        resolve(!/^\s*n/i.test(answer));
      };
      terminal.question(`${question} [Y/n] `).then(given, reject);
      // Without these, the question would stay open and the process end in the middle of it.
      terminal.once('SIGINT', () => {
        process.stderr.write('\n');
        reject(new SetupError('Interrupted; nothing was installed.', INTERRUPTED));
      });
      terminal.once('close', () => {
        resolve(false);
      });
    });
  } finally {
    terminal.close();
  }
}

/**
 * @param {string} program
 * @returns {boolean}
 */
function onPath(program) {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)));
}

/**
 * @param {string} path
 * @returns {boolean}
 */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
