import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { SetupError } from './messages.js';

/** What Debian's maintainer scripts ask before they start a service; 101 answers "no" (see invoke-rc.d(8)). */
const SERVICE_POLICY = '/usr/sbin/policy-rc.d';

/**
 * @typedef {object} PackageOptions
 * @property {string[]} services those of the packages that would otherwise start with the machine
 * @property {string | undefined} [servicePolicy] path of Debian's service policy, for tests
 */

/**
 * Installs packages of Debian or Ubuntu, as root, without starting anything as a service.
 * @param {string[]} names
 * @param {PackageOptions} options
 * @returns {Promise<void>}
 */
export async function installDebianPackages(names, { services, servicePolicy = SERVICE_POLICY }) {
  await withoutStartingServices(() => install(names, services), servicePolicy);
}

/**
 * @param {string[]} names
 * @param {string[]} services
 * @returns {Promise<void>}
 */
async function install(names, services) {
  const parameters = ['install', '--yes', '--quiet', '--no-install-recommends', ...names];
  // A fresh machine has no package lists, an old one has stale lists: fetch them only then.
  let result = await runQuietly('apt-get', parameters);
  if (!result.ok) {
    await runQuietly('apt-get', ['update', '--quiet']);
    result = await runQuietly('apt-get', parameters);
  }
  if (!result.ok) {
    throw new SetupError(
      `apt-get could not install ${names.join(', ')}:\n${result.output}\nMend what it names, then try again.`,
    );
  }
  // Nobody asked for a service that starts with the machine either. Without systemd there is nothing to undo.
  if (existsSync('/run/systemd/system')) await runQuietly('systemctl', ['disable', ...services]);
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
