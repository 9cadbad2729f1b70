import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, isAlive, signalProcess } from '../local/process-identity.ts';
import type { ProcessIdentity } from '../local/process-identity.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import { socketOf } from './node-parts.ts';
import { runProgram } from './run-program.ts';

/**
 * Ends every container of the cluster with the process that watches over it. A watcher is known by the socket of this
 * cluster on its command line, a container's processes by their descent from it.
 */
export async function endContainers(folder: ClusterFolder): Promise<void> {
  const processes = readProcesses();
  const watchers = processes.filter(
    ({ words }) => words[0]?.includes('containerd-shim') === true && words.includes(socketOf(folder)),
  );
  const doomed: ProcessIdentity[] = [];
  for (const watcher of watchers)
    doomed.push(watcher.identity, ...descendants(watcher.identity.pid, processes));
  for (const each of doomed) signalProcess(each, 'SIGKILL');
  for (let waited = 0; waited < 5 && doomed.some(isAlive); waited += 0.05) await delay(50);
}

/** Unmounts whatever is mounted below the folders of the cluster, the innermost first; Docker leaves a mount as well. */
export async function unmountAll(folder: ClusterFolder): Promise<void> {
  const mounted = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '))
    .filter((place) => place.startsWith(`${folder.cache}/`))
    .reverse();
  for (const place of mounted) await runProgram('umount', ['--lazy', place]).catch(() => undefined);
}

/** The kubelet links logs into a folder that its settings do not name. */
export function removeLogLinks(folder: ClusterFolder): void {
  const links = '/var/log/containers';
  if (!existsSync(links)) return;
  for (const name of readdirSync(links)) {
    const path = join(links, name);
    if (lstatSync(path).isSymbolicLink() && readlinkSync(path).startsWith(folder.run)) rmSync(path);
  }
}

interface RunningProcess {
  readonly identity: ProcessIdentity;
  readonly parent: number;
  readonly words: readonly string[];
}

function readProcesses(): RunningProcess[] {
  return readdirSync('/proc').flatMap((name) => {
    const identity = /^\d+$/.test(name) ? identityOf(Number(name)) : undefined;
    if (identity === undefined) return [];
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'));
      return [{ identity, words, parent: Number(parent?.[1]) }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

function descendants(pid: number, processes: readonly RunningProcess[]): ProcessIdentity[] {
  return processes
    .filter(({ parent }) => parent === pid)
    .flatMap(({ identity }) => [identity, ...descendants(identity.pid, processes)]);
}
