import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Episode } from '../../autoscaler/training/episode.ts';
import { GRACE_SECONDS, PUBLISHED_HAND_OVER } from '../../autoscaler/training/episode.ts';
import type { Workload } from '../../shared/workload/workload.ts';

/** What SimPy came to on some episodes. */
export interface SimpyBatch {
  /** Of the processor. */
  readonly seconds: number;
  /** Tasks that met their deadline, by episode. */
  readonly met: readonly number[];
}

/** The published farm in SimPy, in a process that answers batch by batch. To be closed. */
export interface Simpy {
  play(workload: Workload, episodes: readonly Episode[]): Promise<SimpyBatch>;
  close(): void;
}

const OWN_VENV = join(tmpdir(), 'farmhand-bench-simpy');

/** Starts it, in PYTHON where that is set; says why and returns undefined where SimPy cannot be had. */
export function startSimpy(say: (line: string) => void): Simpy | undefined {
  const python = pythonWithSimpy();
  if (python === undefined) {
    say(
      'skipped: no Python with SimPy, and none could be installed. ' +
        'Set PYTHON to one: python3 -m venv build/simpy && build/simpy/bin/pip install simpy',
    );
    return undefined;
  }
  const script = join(import.meta.dirname, 'simpy-episode.py');
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    play: async (workload, episodes) => {
      const batch = { settings: settingsOf(workload), episodes: episodes.map(plainEpisode) };
      child.stdin.write(`${JSON.stringify(batch)}\n`);
      const answer = await answers.next();
      if (answer.done === true) throw new Error(`${python} ${script} ended before it answered.`);
      return JSON.parse(answer.value) as SimpyBatch;
    },
    close: () => {
      child.stdin.end();
    },
  };
}

function pythonWithSimpy(): string | undefined {
  const own = join(OWN_VENV, 'bin', 'python');
  const candidates = [process.env['PYTHON'] ?? 'python3', own];
  const found = candidates.find(hasSimpy);
  if (found !== undefined) return found;
  if (!existsSync(own) && !succeeds('python3', ['-m', 'venv', OWN_VENV])) return undefined;
  return succeeds(own, ['-m', 'pip', 'install', '--quiet', 'simpy==4.1.1']) && hasSimpy(own)
    ? own
    : undefined;
}

function hasSimpy(python: string): boolean {
  return succeeds(python, ['-c', 'import simpy']);
}

function succeeds(command: string, parameters: readonly string[]): boolean {
  return spawnSync(command, parameters, { stdio: 'ignore', timeout: 120_000 }).status === 0;
}

function settingsOf({ initialWorkers, startDelaySeconds, stepSeconds, steps }: Workload): object {
  return {
    ...{ initialWorkers, startDelaySeconds, stepSeconds, steps },
    ...PUBLISHED_HAND_OVER,
    graceSeconds: GRACE_SECONDS,
  };
}

function plainEpisode({ simulation: { tasks }, commands }: Episode): object {
  return {
    at: Array.from(tasks.generatedAtSeconds),
    service: Array.from(tasks.serviceSeconds),
    expected: Array.from(tasks.expectedServiceSeconds),
    deadline: Array.from(tasks.deadlineAtSeconds),
    workers: commands.map(({ workers }) => workers),
  };
}
