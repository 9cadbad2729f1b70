import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { exitOf } from '../setup/node.js';
import { withLogFile } from './log-file.ts';
import { identityOf } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { ComponentFailed } from './runtime-process.ts';
import type { StateFolder } from './state-folder.ts';

/** Somebody may take the free port before Redis does. */
const PORT_TRIES = 3;
const START_SECONDS = 30;

/**
 * The shell that holds Redis by its standard input: when this process dies, however it dies, the input ends and the
 * shell stops Redis. Signals for Redis go to Redis itself.
 */
const GUARD = `exec 3<&0
"$0" "$1" </dev/null 3<&- & server=$!
(read -r line <&3; kill -TERM $server 2>/dev/null) & watcher=$!
wait $server; code=$?
kill $watcher 2>/dev/null
exit $code`;

/** A Redis for one farm: on loopback, with a password, and with every write in its append-only file. */
export class PrivateRedis {
  readonly port: number;
  readonly #program: string;
  readonly #folder: StateFolder;
  #guard: ChildProcess;
  #stopping = false;
  #restarts = 0;
  #onRestart: () => void = () => undefined;

  private constructor(program: string, folder: StateFolder, port: number) {
    this.port = port;
    this.#program = program;
    this.#folder = folder;
    this.#guard = this.#launch();
  }

  /** @throws ComponentFailed */
  static async start(program: string, folder: StateFolder): Promise<PrivateRedis> {
    for (let attempt = 1; ; attempt += 1) {
      const redis = new PrivateRedis(program, folder, await freePort());
      try {
        await redis.#untilListening();
        redis.#keepAlive();
        return redis;
      } catch (error) {
        redis.#guard.stdin?.end();
        if (attempt === PORT_TRIES) throw error;
      }
    }
  }

  /** Redis itself, not the shell that guards it. */
  get identity(): ProcessIdentity {
    return this.#written() ?? { pid: 0, started: '' };
  }

  /** As Redis has written it down; undefined where it has yet to, after one that has died perhaps. */
  #written(): ProcessIdentity | undefined {
    const file = join(this.#folder.redis, 'redis.pid');
    return existsSync(file) ? identityOf(Number(readFileSync(file, 'utf8'))) : undefined;
  }

  /** Told each time that Redis had to be started again: it is another process now. */
  set onRestart(tell: () => void) {
    this.#onRestart = tell;
  }

  /** Stops Redis; it writes out what it has first. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const guard = this.#guard;
    if (guard.exitCode !== null || guard.signalCode !== null) return;
    const ended = exitOf(guard);
    guard.stdin?.end();
    await ended;
  }

  #launch(): ChildProcess {
    const file = join(this.#folder.redis, 'redis.conf');
    writeFileSync(file, this.#configuration(), { mode: 0o600 });
    return withLogFile(this.#folder.log('redis'), (log) =>
      spawn('/bin/sh', ['-c', GUARD, this.#program, file], {
        stdio: ['pipe', log, log],
        // Ctrl-C at the terminal must not stop Redis before the others have put away what they hold.
        detached: true,
      }),
    );
  }

  #configuration(): string {
    return [
      'bind 127.0.0.1',
      `port ${this.port}`,
      `requirepass ${this.#folder.secret('redis-password') ?? ''}`,
      `dir ${JSON.stringify(this.#folder.redis)}`,
      `pidfile ${JSON.stringify(join(this.#folder.redis, 'redis.pid'))}`,
      'maxmemory-policy noeviction',
      'appendonly yes',
      'appendfsync everysec',
      'save ""',
      'daemonize no',
      '',
    ].join('\n');
  }

  async #untilListening(): Promise<void> {
    const guard = this.#guard;
    for (let waited = 0; waited < START_SECONDS; waited += 0.02) {
      if (guard.exitCode !== null) throw this.#failed('ended at its start');
      // It opens its port before it writes down which process it is.
      if ((await answers(this.port)) && this.#written() !== undefined) return;
      await delay(20);
    }
    throw this.#failed(`did not open its port within ${START_SECONDS} s`);
  }

  #failed(what: string): ComponentFailed {
    return new ComponentFailed('redis', what, this.#folder.log('redis'));
  }

  /** A Redis that ends unasked starts again on the same port and goes on from its file. */
  #keepAlive(): void {
    this.#guard.once('exit', () => {
      if (this.#stopping) return;
      this.#restarts += 1;
      setTimeout(
        () => {
          if (this.#stopping) return;
          this.#guard = this.#launch();
          this.#keepAlive();
          void this.#untilListening().then(this.#onRestart, () => undefined);
        },
        Math.min(5000, 100 * 2 ** Math.min(this.#restarts, 6)),
      );
    });
  }
}

/** A port that nobody has at this moment. */
async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (yes: boolean) => () => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', end(true));
    socket.once('error', end(false));
  });
}
