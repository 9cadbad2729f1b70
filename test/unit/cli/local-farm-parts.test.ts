import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { WorkerRecord } from '../../../shared/farm/worker.ts';
import { BackOff } from '../../../cli/local/back-off.ts';
import { identityOf, isAlive, signalProcess } from '../../../cli/local/process-identity.ts';
import { shrinkOrder } from '../../../cli/local/shrink-order.ts';
import { StateFolder } from '../../../cli/local/state-folder.ts';

function worker(pod: string, state: WorkerRecord['state'], removing = false): WorkerRecord {
  const base = { id: `${pod}-id`, pod, state, startedAtSeconds: 0, heartbeatAtSeconds: 0 };
  return removing ? { ...base, removing: true } : base;
}

test('a pool shrinks by the workers whose removal was asked for, however busy the others are', () => {
  const workers = [worker('a', 'idle'), worker('b', 'drained', true), worker('c', 'busy')];
  expect(shrinkOrder(['a', 'b', 'c'], workers, 1)).toEqual(['b']);
});

test('next go processes that have not registered, then drained and idle ones, and workers with a task last', () => {
  const workers = [worker('a', 'busy'), worker('b', 'idle'), worker('c', 'drained'), worker('d', 'draining')];
  expect(shrinkOrder(['a', 'b', 'c', 'd', 'new'], workers, 5)).toEqual(['new', 'c', 'b', 'd', 'a']);
});

test('among equals the youngest goes, and never more than are too many', () => {
  const workers = [worker('old', 'idle'), worker('young', 'idle')];
  expect(shrinkOrder(['old', 'young'], workers, 1)).toEqual(['young']);
  expect(shrinkOrder(['old', 'young'], workers, -2)).toEqual([]);
});

test('what keeps ending at once waits twice as long each time, up to ten seconds', () => {
  const backOff = new BackOff();
  expect([1, 2, 3, 4].map(() => backOff.afterLifeOf(0.1))).toEqual([0.2, 0.4, 0.8, 1.6]);
  for (let time = 0; time < 10; time += 1) backOff.afterLifeOf(0.1);
  expect(backOff.afterLifeOf(0.1)).toBe(10);
});

test('what had run well starts again at once', () => {
  const backOff = new BackOff();
  backOff.afterLifeOf(0.1);
  backOff.afterLifeOf(0.1);
  expect(backOff.afterLifeOf(60)).toBe(0.2);
});

test("a farm's folder belongs to one process at a time, and to the next one when that has ended", () => {
  const path = mkdtempSync(join(tmpdir(), 'state-folder-'));
  const folder = new StateFolder('farm', path);
  expect(folder.take()).toBe(true);
  expect(new StateFolder('farm', path).take()).toBe(false);
  folder.giveBack();
  writeFileSync(join(path, 'owner.json'), JSON.stringify({ pid: process.pid, started: 'at another time' }));
  expect(folder.take()).toBe(true);
  rmSync(path, { recursive: true });
});

test('a process is known by its start as well as its number', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const identity = identityOf(child.pid ?? 0);
  if (identity === undefined) throw new Error('the child has just started');
  expect(isAlive(identity)).toBe(true);
  // Its number in the hands of another process: left alone.
  expect(signalProcess({ ...identity, started: 'at another time' }, 'SIGKILL')).toBe(false);
  expect(signalProcess(identity, 'SIGKILL')).toBe(true);
  await once(child, 'exit');
  expect(isAlive(identity)).toBe(false);
});
