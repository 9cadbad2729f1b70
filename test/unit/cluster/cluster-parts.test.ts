import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ClusterFolder } from '../../../cli/cluster/cluster-folder.ts';
import { stopProcess } from '../../../cli/cluster/cluster-part.ts';
import { ClusterStateFile } from '../../../cli/cluster/cluster-state.ts';
import { OwnCluster } from '../../../cli/cluster/own-cluster.ts';
import { ProgramFailed, runProgram } from '../../../cli/cluster/run-program.ts';
import { FinalFailure, NotInTime, waitUntil } from '../../../cli/cluster/wait-until.ts';
import { identityOf } from '../../../cli/local/process-identity.ts';

let home: string;
let folder: ClusterFolder;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'farmhand-cluster-'));
  folder = new ClusterFolder({ XDG_CACHE_HOME: home });
  folder.prepare();
});

afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

describe('the state of a cluster', () => {
  test('is written down part by part, for whoever takes it down later', () => {
    const state = new ClusterStateFile(folder);
    state.add({ name: 'etcd', pid: 11, started: '1' });
    state.add({ name: 'kubelet', pid: 12, started: '2' });
    state.change({ forwarding: '0' });
    expect(new ClusterStateFile(folder).read()).toEqual({
      version: 1,
      ready: false,
      forwarding: '0',
      parts: [
        { name: 'etcd', pid: 11, started: '1' },
        { name: 'kubelet', pid: 12, started: '2' },
      ],
    });
  });

  test('says that nothing runs where a part has ended', () => {
    const cluster = new OwnCluster(() => undefined, folder);
    const me = identityOf(process.pid);
    if (me === undefined) throw new Error('this process runs');
    cluster.state.write({ version: 1, ready: true, parts: [{ name: 'etcd', ...me }] });
    expect(cluster.running()).toBeDefined();
    // The number is in use again, by another process.
    cluster.state.add({ name: 'kubelet', pid: me.pid, started: 'earlier' });
    expect(cluster.running()).toBeUndefined();
  });

  test('does not end a process that has only the number of a part', async () => {
    await stopProcess({ pid: process.pid, started: 'earlier' }, 1);
    expect(identityOf(process.pid)).toBeDefined();
  });
});

describe('waiting', () => {
  test('takes an attempt that fails for no answer yet', async () => {
    let attempts = 0;
    const answer = await waitUntil(
      'the third attempt',
      async () => {
        attempts += 1;
        if (attempts < 3) throw new Error('not yet');
        return 'there';
      },
      { seconds: 60, pollMilliseconds: 1 },
    );
    expect(answer).toBe('there');
  });

  test('says what it waited for, and why in vain', async () => {
    const waiting = waitUntil('the moon', () => Promise.reject(new Error('too far')), { seconds: 0 });
    await expect(waiting).rejects.toThrow(new NotInTime('the moon: not within 0 s: too far'));
  });

  test('ends where asking again will not help, and where it is interrupted', async () => {
    const over = new FinalFailure('it has ended');
    await expect(waitUntil('a part', () => Promise.reject(over), { seconds: 60 })).rejects.toBe(over);
    const interrupt = new AbortController();
    const waiting = waitUntil('nothing', () => Promise.resolve(false), {
      seconds: 60,
      signal: interrupt.signal,
    });
    interrupt.abort(new Error('Ctrl-C'));
    await expect(waiting).rejects.toThrow('Ctrl-C');
  });
});

describe('a program', () => {
  test('is given its input, and its output is returned', async () => {
    await expect(runProgram('cat', [], { input: 'so it is' })).resolves.toBe('so it is');
  });

  test('that fails is quoted', async () => {
    const failing = runProgram('sh', ['-c', 'echo no space left >&2; exit 3']);
    await expect(failing).rejects.toThrow(ProgramFailed);
    await expect(failing).rejects.toThrow(/ended with 3:\nno space left/);
    await expect(runProgram('/nowhere/at-all', [])).rejects.toThrow('could not run');
  });
});

test('the version that the node reports is the one that is built', () => {
  const recipe = join(import.meta.dirname, '..', '..', '..', 'cli', 'cluster');
  const [version] = /v1\.\d+\.\d+/.exec(readFileSync(join(recipe, 'kubernetes-binary.ts'), 'utf8')) ?? [];
  expect(readFileSync(join(recipe, 'kubernetes-binary', 'go.mod'), 'utf8')).toContain(
    `k8s.io/kubernetes ${String(version)}\n`,
  );
});
