import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { SetupError } from './messages.js';

/** An npm that has not ended by then after it was asked to is killed. */
const STOP_SECONDS = 2;

const isWindows = process.platform === 'win32';

/**
 * @typedef {object} NpmRun
 * @property {boolean} ok
 * @property {string} output
 */

/**
 * Runs npm to its end. A signal to this process stops npm and whatever npm has started first: left alone, it would go
 * on writing into node_modules below the next installation.
 * @param {string[]} parameters
 * @param {string} repository folder that npm works in
 * @param {(pid: number) => void} onStart told npm's process number
 * @returns {Promise<NpmRun>}
 * @throws {SetupError} where it was interrupted
 */
export async function runNpm(parameters, repository, onStart) {
  /** @type {NodeJS.Signals | undefined} */
  let stoppedBy;
  /** @type {() => void} */
  let stop = () => undefined;
  const onSignal = (/** @type {NodeJS.Signals} */ signal) => {
    stoppedBy = signal;
    stop();
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, onSignal);
  try {
    const child = spawn(isWindows ? 'npm.cmd' : 'npm', parameters, {
      cwd: repository,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: isWindows,
      // A group of its own: Ctrl-C reaches it once and through here, with all its children.
      detached: !isWindows,
    });
    stop = () => {
      endGroup(child.pid);
    };
    if (child.pid !== undefined) onStart(child.pid);
    const run = await endOf(child);
    if (stoppedBy === undefined) return run;
    throw new SetupError(
      'Interrupted while npm installed the packages; npm has ended. Type the same again to go on.',
      128 + constants.signals[stoppedBy],
    );
  } finally {
    for (const signal of signals) process.removeListener(signal, onSignal);
  }
}

/**
 * @param {number | undefined} pid of the leader of the group
 * @returns {void}
 */
function endGroup(pid) {
  if (pid === undefined) return;
  const send = (/** @type {NodeJS.Signals} */ signal) => {
    try {
      process.kill(isWindows ? pid : -pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  };
  send('SIGTERM');
  setTimeout(send, STOP_SECONDS * 1000, 'SIGKILL').unref();
}

/**
 * Resolves when nobody of its group writes to it any more.
 * @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, import('node:stream').Readable>} child
 * @returns {Promise<NpmRun>}
 */
function endOf(child) {
  return new Promise((resolve) => {
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
        output += text;
      });
    }
    child.once('error', (error) => {
      resolve({ ok: false, output: `npm did not start (${error.message}). Install npm beside Node.` });
    });
    child.once('close', (code) => {
      resolve({ ok: code === 0, output: output.trim() });
    });
  });
}
