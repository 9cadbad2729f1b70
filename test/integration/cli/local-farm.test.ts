import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { identityOf, isAlive } from '../../../cli/local/process-identity.ts';
import { samplePicture } from '../../../cli/sample-images.ts';
import { FarmhandCommand } from '../../support/farmhand-command.ts';
import { eventually } from '../../support/worker-process.ts';

interface Status {
  readonly desiredWorkers: number;
  readonly snapshot: { readonly workers: readonly { readonly pod: string; readonly state: string }[] };
  readonly audit: {
    readonly dropped: number;
    readonly duplicated: number;
    readonly complaints: readonly string[];
  };
}

interface SubmitReport {
  readonly submitted: number;
  readonly refused: number;
  readonly done: number;
  readonly failed: number;
  readonly tasks: readonly {
    readonly file: string;
    readonly task?: string;
    readonly outputs?: readonly string[];
  }[];
}

const WAIT = { timeout: 30_000, interval: 100 };
const farmhand = new FarmhandCommand();
const folder = mkdtempSync(join(tmpdir(), 'farmhand-pictures-'));

async function workers(): Promise<Status['snapshot']['workers']> {
  return (await farmhand.json<Status>('status')).snapshot.workers;
}

describe('a farm on this machine', () => {
  beforeAll(async () => {
    for (const [name, format] of [
      ['a.jpg', 'jpeg'],
      ['b.png', 'png'],
      ['c.webp', 'webp'],
    ] as const) {
      writeFileSync(join(folder, name), await samplePicture({ widthPixels: 320, heightPixels: 200, format }));
    }
    expect(await farmhand.run(['up', '--workers', '2..3'])).toMatchObject({ exitCode: 0 });
  });

  afterAll(async () => {
    await farmhand.dispose();
    rmSync(folder, { recursive: true });
  });

  test('keeps its secrets from other users', () => {
    expect(statSync(join(farmhand.home, 'farm', 'secrets')).mode & 0o777).toBe(0o700);
    expect(statSync(join(farmhand.home, 'farm', 'secrets', 'farmhand-token')).mode & 0o777).toBe(0o600);
    expect(statSync(join(farmhand.home, 'farm', 'redis', 'redis.conf')).mode & 0o777).toBe(0o600);
  });

  test('is not started twice, and says how to stop it', async () => {
    const second = await farmhand.run(['up']);
    expect(second).toMatchObject({ exitCode: 4, stdout: '' });
    expect(second.stderr).toContain('farmhand down');
  });

  test('turns a folder of pictures into outputs', async () => {
    const out = join(farmhand.home, 'outputs');
    const report = await farmhand.json<SubmitReport>('submit', folder, '--deadline', '20s', '--out', out);
    expect(report).toMatchObject({ submitted: 3, refused: 0, done: 3, failed: 0 });
    for (const name of ['a.jpg', 'b.png', 'c.webp']) {
      expect(existsSync(join(out, name, 'thumbnail.jpg')), name).toBe(true);
      const result = JSON.parse(readFileSync(join(out, name, 'result.json'), 'utf8')) as object;
      expect(result).toMatchObject({ status: 'done', metDeadline: true });
    }
    const task = report.tasks[0]?.task ?? '';
    const { stdout } = await farmhand.run(['results', task]);
    expect(stdout).toMatch(new RegExp(`^${task}, image: done, in time, response `));
    expect(stdout).toMatch(/\n {2}thumbnail +image\/jpeg +[\d.]+ \w+\n/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThan(120);
  });

  test('says which file it refused and why, and tells by its exit code', async () => {
    const text = join(farmhand.home, 'notes.jpg');
    writeFileSync(text, 'no picture');
    const { exitCode, stdout } = await farmhand.run(['submit', text, join(folder, 'a.jpg'), '--wait']);
    expect(exitCode).toBe(5);
    expect(stdout).toMatch(/notes\.jpg: refused: .*not a picture/);
    expect(stdout).toMatch(/a\.jpg: done in time/);
  });

  test('keeps a picture that breaks off as a dead letter, and sends it round again on request', async () => {
    const broken = join(farmhand.home, 'broken.jpg');
    writeFileSync(broken, readFileSync(join(folder, 'a.jpg')).subarray(0, 2000));
    const report = await farmhand.json<SubmitReport>('submit', broken, '--wait');
    expect(report).toMatchObject({ submitted: 1, failed: 1 });
    const { task } = report.tasks[0] ?? {};
    expect(await farmhand.json('dead-letters', 'list')).toMatchObject({ total: 1, deadLetters: [{ task }] });
    expect(await farmhand.json('dead-letters', 'requeue', '--all')).toMatchObject({
      requeued: [task],
      refused: [],
    });
    const again = async (): Promise<unknown> => farmhand.json('results', task ?? '');
    await vi.waitFor(async () => {
      expect(await again()).toMatchObject({ status: 'failed', generation: 1 });
    }, WAIT);
  });

  test('replaces a worker that was killed, at once', async () => {
    const before = await vi.waitFor(async () => {
      const found = await workers();
      expect(found).toHaveLength(2);
      return found;
    }, WAIT);
    const victim = processOf(before[0]?.pod ?? '');
    process.kill(victim, 'SIGKILL');
    await vi.waitFor(async () => {
      const pods = (await workers()).map(({ pod }) => pod);
      expect(pods).toHaveLength(2);
      expect(pods).not.toContain(before[0]?.pod);
    }, WAIT);
  });

  test('starts a collector and a Redis again that were killed, where they were, and loses nothing', async () => {
    const { redis } = farmhand.state();
    const collector = doorProcess('collector');
    process.kill(redis.pid, 'SIGKILL');
    process.kill(collector, 'SIGKILL');
    const report = await farmhand.json<SubmitReport>('submit', folder, '--deadline', '60s', '--wait');
    expect(report).toMatchObject({ submitted: 3, done: 3 });
    const { audit } = await farmhand.json<Status>('status', '--check');
    expect(audit).toEqual({ dropped: 0, duplicated: 0, complaints: [] });
    // It serves before it is written down where it is.
    await eventually(() => Promise.resolve(isAlive(farmhand.state().redis) || undefined));
    expect(farmhand.state().redis).toMatchObject({ port: redis.port });
  });

  test('generates a load on request, and stops it', async () => {
    expect(await farmhand.json('load', 'paper', '--seed', '3')).toHaveProperty('total', 1140);
    expect(await farmhand.json('load', 'status')).toMatchObject({ state: 'running' });
    expect(await farmhand.json('load', 'stop')).toMatchObject({ state: 'stopped' });
    // Asked for again, it is as it should be.
    expect(await farmhand.run(['load', 'stop'])).toMatchObject({
      exitCode: 0,
      stdout: 'No load is running.\n',
    });
  });

  test('goes on with its tasks when it is started again', async () => {
    const { counters } = await counted();
    const processes = farmhand.processes();
    expect(await farmhand.run(['down'])).toMatchObject({ exitCode: 0 });
    expect(processes.filter(isAlive)).toEqual([]);
    expect(await farmhand.run(['status'])).toMatchObject({ exitCode: 3 });
    await farmhand.run(['up', '--workers', '1']);
    expect((await counted()).counters.admitted).toBe(counters.admitted);
  });

  test('ends as a whole when its supervisor is killed', async () => {
    const processes = farmhand.processes();
    expect(processes.length).toBeGreaterThanOrEqual(6);
    process.kill(farmhand.state().supervisor.pid, 'SIGKILL');
    await vi.waitFor(() => {
      expect(processes.filter(isAlive)).toEqual([]);
    }, WAIT);
    const after = await farmhand.run(['status']);
    expect(after).toMatchObject({ exitCode: 3 });
    expect(after.stderr).toContain('farmhand up');
  });
});

describe('a farm that cannot start', () => {
  test('names the port that is taken, and leaves nothing running', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    // The port of the collector, whose door opens first: any other might happen to be taken by a stranger before.
    const { exitCode, stderr } = await farmhand.run(['up', '--farm', 'second', '--port', String(port - 1)]);
    server.close();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`address already in use 127.0.0.1:${String(port)}`);
    const pidFile = join(farmhand.home, 'second', 'redis', 'redis.pid');
    expect(existsSync(pidFile) && identityOf(Number(readFileSync(pidFile, 'utf8')))).toBeFalsy();
  });
});

async function counted(): Promise<{ readonly counters: { readonly admitted: number } }> {
  return (await farmhand.json<{ snapshot: { counters: { admitted: number } } }>('status')).snapshot;
}

/** By its environment: the command line of all workers is the same. */
function processOf(pod: string): number {
  return findChild((environment) => environment.includes(`INSTANCE=${pod}`));
}

function doorProcess(door: string): number {
  return findChild((_environment, commandLine) => commandLine.includes(`${door}/handler.ts`));
}

function findChild(fits: (environment: readonly string[], commandLine: string) => boolean): number {
  for (const { pid } of farmhand.processes()) {
    const read = (file: string): string => readFileSync(`/proc/${String(pid)}/${file}`, 'utf8');
    if (fits(read('environ').split('\0'), read('cmdline'))) return pid;
  }
  throw new Error('no such process');
}
