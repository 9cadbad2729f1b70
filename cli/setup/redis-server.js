import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { installDebianPackages } from './debian-packages.js';
import { SetupError, say } from './messages.js';

/** Either will do: Valkey speaks Redis's protocol and runs the same scripts. */
const PROGRAMS = ['redis-server', 'valkey-server'];
/** Where packages put servers, also for users whose PATH leaves those folders out. */
const USUAL_FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
/** What shells say of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;

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
  await installDebianPackages(['redis-server'], {
    services: ['redis-server'],
    servicePolicy: options.servicePolicy,
  });
  const server = findRedisServer();
  if (server === undefined) throw new SetupError(`apt-get ended well, but there is no redis-server: ${how}`);
  return server;
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
