import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { aTask } from '../support/build-task.ts';
import { FarmProcesses } from '../support/farm-processes.ts';
import { eventually } from '../support/worker-process.ts';
import type { BenchOptions, Row } from './row.ts';
import { median } from './statistics.ts';

/** Clock ticks of /proc/<pid>/stat per second: fixed at 100 for programs, whatever the kernel counts by. */
const TICKS_PER_SECOND = 100;

/** What a farm costs that has nothing to do, and how soon a new worker serves. */
export async function run({ quick, say }: BenchOptions): Promise<readonly Row[]> {
  const farm = await FarmProcesses.open({ order: 'triage', leaseSeconds: 5 });
  try {
    const starts: number[] = [];
    for (let round = 0; round < (quick ? 3 : 5); round += 1) starts.push(await secondsToFirstClaim(farm));
    say(`seconds from start to first claim: ${starts.map((value) => value.toFixed(2)).join(', ')}`);
    return [
      {
        suite: 'idle',
        what: 'worker process, start to first claim, s',
        ours: median(starts),
        target: { of: 'ours', limit: 1.5, sense: 'atMost' },
        behind: starts,
      },
      ...(process.platform === 'linux' ? await idleRows(farm, quick ? 5 : 20) : []),
    ];
  } finally {
    await farm.close();
  }
}

/** A task waits already: what counts is the process. */
async function secondsToFirstClaim(farm: FarmProcesses): Promise<number> {
  const before = await claimed(farm);
  await farm.farm.admit(aTask({ options: '{"serviceSeconds":0}' }));
  const startedMs = performance.now();
  const worker = farm.worker();
  await eventually(async () => ((await claimed(farm)) > before ? true : undefined));
  const seconds = (performance.now() - startedMs) / 1000;
  (await worker).child.kill('SIGTERM');
  await (
    await worker
  ).ended;
  return seconds;
}

async function claimed({ farm }: FarmProcesses): Promise<number> {
  return Number((await farm.store.redis.hget(farm.store.key('counters'), 'claimed')) ?? 0);
}

async function idleRows(farm: FarmProcesses, seconds: number): Promise<Row[]> {
  const names = ['emitter', 'collector', 'worker', 'worker'] as const;
  const processes = await Promise.all(names.map((name) => farm.start(name)));
  const pids: [string, number][] = [
    ['redis', farm.redis.pid],
    ...processes.map(({ child }, index): [string, number] => [names[index] ?? '', child.pid ?? 0]),
  ];
  // What a process does once, at its start, is over by then.
  await delay(5000);
  const before = pids.map(([, pid]) => cpuSeconds(pid));
  await delay(seconds * 1000);
  return pids.map(([name, pid], index) => ({
    suite: 'idle',
    what: `idle ${name}, % of a core over ${String(seconds)} s`,
    ours: (100 * (cpuSeconds(pid) - (before[index] ?? Number.NaN))) / seconds,
    target: { of: 'ours', limit: 1, sense: 'atMost' },
  }));
}

function cpuSeconds(pid: number): number {
  // The name of the program may hold blanks and ends with the last parenthesis; then come the fields from the third.
  const fields =
    readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      .split(') ')
      .at(-1)
      ?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
