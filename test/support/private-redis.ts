import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface RedisOptions {
  /** Keep every write on disk, so that `restart` finds it again. */
  readonly appendOnly?: boolean;
  readonly password?: string;
  /** Further `--option value` pairs of redis-server. */
  readonly args?: readonly string[];
}

/** A Redis of the test's own, on loopback and a free port, in a folder of its own. */
export class PrivateRedis {
  readonly port: number;
  readonly url: string;
  readonly #folder: string;
  readonly #options: RedisOptions;
  #child: ChildProcess;

  private constructor(port: number, folder: string, options: RedisOptions, child: ChildProcess) {
    this.port = port;
    this.#folder = folder;
    this.#options = options;
    this.#child = child;
    const login = options.password === undefined ? '' : `:${encodeURIComponent(options.password)}@`;
    this.url = `redis://${login}127.0.0.1:${String(port)}`;
  }

  static async start(options: RedisOptions = {}): Promise<PrivateRedis> {
    const folder = mkdtempSync(join(tmpdir(), 'farmhand-redis-'));
    const port = await freePort();
    return new PrivateRedis(port, folder, options, await spawnRedis(port, folder, options));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Stops it without a word to its clients, as a lost machine does; `restart` brings it back. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** The same port and, with `appendOnly`, the same data. */
  async restart(): Promise<void> {
    await this.#end('SIGKILL');
    this.#child = await spawnRedis(this.port, this.#folder, this.#options);
  }

  /** Stops the process from running for as long as the caller likes: connections stay open and nothing answers. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.#end('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #end(signal: 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}

async function spawnRedis(port: number, folder: string, options: RedisOptions): Promise<ChildProcess> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  args.push('--appendonly', options.appendOnly === true ? 'yes' : 'no');
  if (options.password !== undefined) args.push('--requirepass', options.password);
  const child = spawn('redis-server', [...args, ...(options.args ?? [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const said: string[] = [];
  for await (const line of lines) {
    said.push(line);
    if (line.includes('Ready to accept connections')) {
      child.stdout.resume();
      return child;
    }
  }
  throw new Error(`redis-server did not start:\n${said.join('\n')}`);
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
