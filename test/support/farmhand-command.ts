import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf } from '../../cli/local/process-identity.ts';
import type { ProcessIdentity } from '../../cli/local/process-identity.ts';
import { StateFolder } from '../../cli/local/state-folder.ts';
import type { FarmState } from '../../cli/local/state-folder.ts';

const FARMHAND = join(import.meta.dirname, '..', '..', 'cli', 'farmhand.js');

/** Empty is unset: whatever farm the surroundings name is not meant. */
const ON_THIS_MACHINE = { FARMHAND_URL: '', FARMHAND_TOKEN: '', REDIS_URL: '' };

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real command, with a home of its own for the farms that it starts. */
export class FarmhandCommand {
  readonly home: string = mkdtempSync(join(tmpdir(), 'farmhand-home-'));

  start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(process.execPath, [FARMHAND, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...ON_THIS_MACHINE, FARMHAND_HOME: this.home, ...environment },
    });
  }

  /** Runs to its end. */
  async run(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<CommandResult> {
    const child = this.start(args, environment);
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr?.on('data', (text: Buffer) => (stderr += text.toString()));
    const [exitCode] = (await once(child, 'close')) as [number | null];
    return { exitCode, stdout, stderr };
  }

  /** Runs with --json, and reads the one document. */
  async json<T = Readonly<Record<string, unknown>>>(...args: readonly string[]): Promise<T> {
    const { stdout } = await this.run([...args, '--json']);
    return JSON.parse(stdout) as T;
  }

  state(farm = 'farm'): FarmState {
    const state = new StateFolder(farm, join(this.home, farm)).readState();
    if (state === undefined) throw new Error(`The farm ${farm} does not run in ${this.home}`);
    return state;
  }

  /** The supervisor, Redis, and whatever else the supervisor has started. */
  processes(farm = 'farm'): readonly ProcessIdentity[] {
    const { supervisor, redis } = this.state(farm);
    const { stdout } = spawnSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    const children = stdout
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .filter(([, parent]) => parent === supervisor.pid)
      .map(([pid]) => pid ?? 0);
    return [supervisor, redis, ...children.flatMap((pid) => identityOf(pid) ?? [])];
  }

  /** Stops what is left and removes the home. */
  async dispose(farms: readonly string[] = ['farm']): Promise<void> {
    for (const farm of farms) await this.run(['down', '--farm', farm, '--purge']);
    rmSync(this.home, { recursive: true, force: true });
  }
}
