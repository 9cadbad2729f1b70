import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SetupError } from './messages.js';
import { repositoryFolder } from './packages.js';

/*
 * The farm's files are TypeScript that Node itself strips the types from, so it takes a Node that does that without a
 * flag. Where the system's Node is older, the farm brings its own: the optional dependencies `node-<platform>` hold
 * Node's executable and nothing else, npm installs the one for this machine and links it as node_modules/.bin/node.
 * They are used directly, and not through the package `node`, because that one fetches them in an install script:
 * npm 11 does not run install scripts that are not approved, many people switch them off altogether, and what such a
 * script fetches is not in package-lock.json.
 */

/** The first Node that strips types without a flag and without a warning for every file. */
const OLDEST_NODE = /** @type {const} */ ([22, 19]);

/**
 * The Node to run the farm's files with: this one where it is new enough, the installed one otherwise.
 * @param {string} [repository]
 * @returns {string} path of the executable
 */
export function farmNode(repository = repositoryFolder) {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const installed = installedNodes(repository).find(answersAsNewEnough);
  if (installed !== undefined) return installed;
  throw new SetupError(
    `Expected Node ${OLDEST_NODE.join('.')} or newer; this is ${process.version}, and npm has none for ` +
      `${process.platform} on ${process.arch}. Install a newer Node from https://nodejs.org`,
  );
}

/**
 * Where npm puts it: the link, and what it links to, because another `npm install` may lose the link.
 * @param {string} repository
 * @returns {string[]}
 */
function installedNodes(repository) {
  const modules = join(repository, 'node_modules');
  const packages = [
    `node-${process.platform}-${process.arch}`,
    `node-bin-${process.platform}-${process.arch}`,
  ];
  return [join(modules, '.bin', 'node'), ...packages.map((name) => join(modules, name, 'bin', 'node'))];
}

/**
 * @param {string} node
 * @returns {boolean}
 */
function answersAsNewEnough(node) {
  const answer = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return answer.status === 0 && isNewEnough(answer.stdout.trim().slice(1));
}

/**
 * @param {string} version such as 22.19.0
 * @returns {boolean}
 */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}

/**
 * The environment for programs started from here: whatever they start as `node` is the farm's Node as well.
 * @param {string} node
 * @param {string} [repository]
 * @returns {NodeJS.ProcessEnv}
 */
export function farmEnvironment(node, repository = repositoryFolder) {
  const folders = [dirname(node), join(repository, 'node_modules', '.bin'), process.env['PATH'] ?? ''];
  return { ...process.env, PATH: folders.join(delimiter) };
}

/**
 * Goes on under the farm's Node with `file`. Where this process is new enough it simply loads the file, so that there
 * is one process and nothing to forward; otherwise a child runs it and this process only passes on what happens.
 * @param {string} file path of the program, TypeScript or JavaScript
 * @param {readonly string[]} parameters
 * @returns {Promise<void>}
 */
export async function continueWith(file, parameters) {
  const node = farmNode();
  if (node === process.execPath) {
    process.argv = [process.execPath, file, ...parameters];
    process.env['PATH'] = farmEnvironment(node)['PATH'];
    await import(pathToFileURL(file).href);
    return;
  }
  const child = spawn(node, [file, ...parameters], { stdio: 'inherit', env: farmEnvironment(node) });
  await endLike(child);
}

/**
 * Passes signals on to the child, then ends this process the way the child ended.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<void>}
 */
async function endLike(child) {
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];
  // Ctrl-C and Ctrl-\ in a terminal reach the whole process group, the child included. Passing them on would make two
  // out of one, and a second Ctrl-C often means "at once".
  const fromTerminal = new Set(process.stdin.isTTY ? ['SIGINT', 'SIGQUIT'] : []);
  for (const signal of signals) {
    process.on(signal, () => {
      if (!fromTerminal.has(signal)) child.kill(signal);
    });
  }
  const { code, signal } = await exitOf(child);
  for (const each of signals) process.removeAllListeners(each);
  if (signal !== null) {
    process.kill(process.pid, signal);
    process.exitCode = 128 + constants.signals[signal];
    return;
  }
  process.exitCode = code ?? 1;
}

/**
 * How a child ended: by itself with a code, or by a signal.
 * @typedef {{code: number | null, signal: NodeJS.Signals | null}} Exit
 */

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<Exit>}
 */
export function exitOf(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
}
