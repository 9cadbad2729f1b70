import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findRedisServer } from '../../cli/setup/redis-server.js';

export interface PrivateRedisOptions {
  /** Keeps an append-only file, and says when it is forced to the disk; without it nothing is kept. */
  readonly appendfsync?: 'always' | 'everysec';
  readonly password?: string;
  /** Speaks TLS only, with a certificate of its own authority (`caFile`). */
  readonly tls?: true;
  /** Further parameters of redis-server, such as `['--maxmemory-policy', 'allkeys-lru']`. */
  readonly parameters?: readonly string[];
}

/** A real redis-server of the test alone, on a free port of the loopback. */
export class PrivateRedis {
  readonly port: number;
  /** Where it keeps its files; removed by `stop`. */
  readonly folder: string;
  readonly #options: PrivateRedisOptions;
  #child: ChildProcess | undefined;

  private constructor(options: PrivateRedisOptions, port: number, folder: string) {
    this.#options = options;
    this.port = port;
    this.folder = folder;
  }

  /** Resolves when it takes connections. */
  static async start(options: PrivateRedisOptions = {}): Promise<PrivateRedis> {
    const folder = mkdtempSync(join(tmpdir(), 'redis-'));
    if (options.tls) makeCertificates(folder);
    const redis = new PrivateRedis(options, await freePort(), folder);
    await redis.restart();
    return redis;
  }

  get url(): string {
    return `${this.#options.tls ? 'rediss' : 'redis'}://127.0.0.1:${String(this.port)}`;
  }

  get caFile(): string {
    return join(this.folder, 'ca.pem');
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('This Redis does not run: restart() it first.');
    return pid;
  }

  /** Starts it again, on the same port and with what its files hold. Resolves when it takes connections. */
  async restart(): Promise<void> {
    await this.kill();
    const program = findRedisServer();
    if (program === undefined) throw new Error('No redis-server here: npm run farmhand installs one.');
    const child = spawn(program, this.#parameters(), { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child = child;
    // A test run that is interrupted leaves no server behind.
    const killAtExit = (): void => void child.kill('SIGKILL');
    process.once('exit', killAtExit);
    void once(child, 'exit').then(() => process.removeListener('exit', killAtExit));
    await ready(child);
  }

  /** Kills it at once (SIGKILL); what it had not written is lost. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Ends it and removes its files. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #parameters(): string[] {
    const { appendfsync, password, tls, parameters = [] } = this.#options;
    const port = String(this.port);
    return [
      ...['--bind', '127.0.0.1', '--dir', this.folder, '--save', '', '--daemonize', 'no'],
      ...(tls ? ['--port', '0', '--tls-port', port, '--tls-auth-clients', 'no'] : ['--port', port]),
      ...(tls ? ['--tls-cert-file', join(this.folder, 'server.pem')] : []),
      ...(tls ? ['--tls-key-file', join(this.folder, 'server.key')] : []),
      ...(appendfsync === undefined ? [] : ['--appendonly', 'yes', '--appendfsync', appendfsync]),
      ...(password === undefined ? [] : ['--requirepass', password]),
      ...parameters,
    ];
  }
}

async function ready(child: ChildProcess): Promise<void> {
  const said: string[] = [];
  if (child.stdout === null) throw new Error('Expected a pipe from redis-server.');
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (!line.includes('Ready to accept connections')) continue;
    child.stdout.resume();
    return;
  }
  throw new Error(`redis-server did not start:\n${said.join('\n')}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** An authority that no system knows, and a certificate for 127.0.0.1 by it. */
function makeCertificates(folder: string): void {
  const openssl = (...parameters: string[]): void => {
    execFileSync('openssl', parameters, { cwd: folder, stdio: 'pipe' });
  };
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ];
  openssl(...request, '-subj', '/CN=Test authority', '-keyout', 'ca.key', '-out', 'ca.pem');
  openssl(
    ...[...request, '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE', '-CA', 'ca.pem', '-CAkey', 'ca.key'],
    ...['-keyout', 'server.key', '-out', 'server.pem'],
  );
}
