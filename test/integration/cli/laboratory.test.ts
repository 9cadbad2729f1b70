import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const COMMAND = join(import.meta.dirname, '..', '..', '..', 'cli', 'farmhand.js');
const EPISODES = '--workload paper --seeds 1-2 --threads 1';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'farmhand-laboratory-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ['compare', `compare --policies static:12 ${EPISODES}`, '--json', 'policy'],
  ['evaluate', `evaluate static:12 ${EPISODES}`, '--json', 'policy'],
  ['tune', 'tune staffing --workload paper --seeds 1-2 --trials 2', '--policy', 'farmhand-policy'],
])('%s writes its file also where nobody reads its lines', (name, words, option, held) => {
  const file = join(folder, `${name}.json`);
  const { status } = spawnSync(
    'sh',
    ['-c', '"$@" | true', 'sh', process.execPath, COMMAND, ...words.split(' '), option, file],
    { encoding: 'utf8' },
  );
  expect(status).toBe(0);
  expect(readFileSync(file, 'utf8')).toContain(held);
});

const FROM_A_FILE = join(import.meta.dirname, '..', '..', 'bench', 'unseen-loads', 'trickle.json');

/** Loads, and the last second that is written under a picture of one of their episodes. */
const PICTURED = [
  ['paper', 200],
  [`paper --max-steps 12`, 80],
  [FROM_A_FILE, undefined],
] as const;

test.each(PICTURED)(
  'a training run on %s leaves its pictures, whole files that name the policy and show that load',
  (load, lastSecond) => {
    const run = mkdtempSync(join(folder, 'run-'));
    const words = `train sarsa --workload ${load} --episodes 20 --checkpoint-every 20 --eval-episodes 2`;
    const { status, stderr } = spawnSync(
      process.execPath,
      [COMMAND, ...words.split(' '), '--output-dir', run],
      { encoding: 'utf8' },
    );
    expect(status, stderr).toBe(0);
    for (const picture of ['qos-against-workers.svg', 'steps.svg']) {
      const svg = readFileSync(join(run, picture), 'utf8');
      expect(svg).toMatch(/^<svg xmlns[^]*<style>[^]*<\/svg>\n$/);
      expect(svg).toContain('sarsa');
    }
    const steps = readFileSync(join(run, 'steps.svg'), 'utf8');
    const seconds = Array.from(steps.matchAll(/>(\d+)<\/text>/g), ([, label]) => Number(label));
    if (lastSecond !== undefined) expect(Math.max(...seconds)).toBe(lastSecond);
  },
);
