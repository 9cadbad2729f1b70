import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { FarmhandCommand } from '../../support/farmhand-command.ts';

const farmhand = new FarmhandCommand();
/** The demo keeps its farm below the folder for temporary files: a place of its own shows what it leaves there. */
const PLACE = { TMPDIR: farmhand.home };

afterAll(async () => {
  await farmhand.dispose([]);
});

function leftFolders(): string[] {
  return readdirSync(farmhand.home).filter((name) => name.startsWith('farmhand-demo-'));
}

/** Processes whose environment or command line names the place of this test. */
function leftProcesses(): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const own = new Set([String(process.pid)]);
  return pids.filter((pid) => {
    if (own.has(pid)) return false;
    try {
      const read = (file: string): string => readFileSync(join('/proc', pid, file), 'utf8');
      return `${read('environ')}${read('cmdline')}`.includes(join(farmhand.home, 'farmhand-demo-'));
    } catch {
      return false;
    }
  });
}

test('runs pictures and a load through a farm that grows and shrinks, and leaves only the outputs', async () => {
  const { exitCode, stdout } = await farmhand.run(['demo', '--json'], PLACE);
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  expect(exitCode).toBe(0);
  const summary = JSON.parse(last) as Record<string, unknown> & {
    readonly workersOverTime: readonly number[];
  };
  expect(summary).toMatchObject({ retried: 0, failed: 0, dropped: 0, duplicated: 0, complaints: [] });
  expect(summary).toMatchObject({ responseSeconds: { p50: expect.any(Number), p99: expect.any(Number) } });
  expect(summary['tasks']).toBeGreaterThanOrEqual(100);
  expect(summary['results']).toBe(summary['tasks']);
  expect(summary['scalingActions']).toBeGreaterThanOrEqual(2);
  expect(summary['maxWorkers']).toBeGreaterThan(summary.workersOverTime.at(-1) ?? Infinity);
  expect(readdirSync(join(String(summary['outputs']), 'outputs'))).toHaveLength(50);
  expect(leftFolders()).toEqual([]);
  expect(leftProcesses()).toEqual([]);
});

test('leaves nothing running and nothing behind when it is interrupted', async () => {
  const child = farmhand.start(['demo'], PLACE);
  if (child.stderr === null) throw new Error('standard error is a pipe');
  for await (const line of createInterface({ input: child.stderr })) {
    if (!line.includes('submitting')) continue;
    child.kill('SIGINT');
    break;
  }
  child.stderr.resume();
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  expect(exitCode).toBe(130);
  expect(leftFolders()).toEqual([]);
  expect(leftProcesses()).toEqual([]);
  expect(existsSync(join(farmhand.home, 'demo-outputs', 'inputs'))).toBe(true);
});
