import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { script } from '../../shared/io/redis/script.ts';
import type { Script } from '../../shared/io/redis/script.ts';
import { commandLength, partsOf } from './redis-command.ts';

const SCRIPTS = join(import.meta.dirname, '..', '..', 'shared', 'io', 'redis', 'scripts');
/** Comes back as a reply behind that of the command before it. */
const MARKER = 'the-gate-has-seen-the-reply';

/** A command on its way to Redis: the name of a script of the farm, or of a plain command in lower case. */
export interface PassingCommand {
  readonly name: string;
  /** Its further words; of a script, its arguments without the prefix. */
  readonly words: readonly string[];
}

/** The point at which a program is to be stopped: it waits there for ever, until the test kills it. */
export interface HoldPoint {
  /** `before`: the command does not arrive. `after`: it is carried out, its reply does not arrive. */
  readonly side: 'before' | 'after';
  readonly matches: (command: PassingCommand) => boolean;
  /** Which of those that match, from 1. */
  readonly nth?: number;
}

interface Trap extends HoldPoint {
  readonly held: PromiseWithResolvers<PassingCommand>;
  left: number;
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  unread: Buffer;
}

/**
 * Stands between a program and its Redis, and knows every command that passes. It stops a program between any two of
 * its writes, breaks its connections, or swallows what is sent, without a line for it in the program itself.
 */
export class RedisGate {
  readonly #server: Server;
  readonly #redisPort: number;
  readonly #pairs = new Set<Pair>();
  readonly #names = scriptNames();
  readonly #swallowed: Socket[] = [];
  #state: 'open' | 'cut' | 'frozen' = 'open';
  #trap: Trap | undefined;
  #trapped: PassingCommand = { name: '', words: [] };

  private constructor(redisPort: number) {
    this.#redisPort = redisPort;
    this.#server = createServer((client) => {
      this.#join(client);
    });
  }

  static async open(redis: { readonly port: number }): Promise<RedisGate> {
    const gate = new RedisGate(redis.port);
    gate.#server.listen(0, '127.0.0.1');
    await once(gate.#server, 'listening');
    return gate;
  }

  get url(): string {
    return `redis://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** Resolves when the program has come to this point; from then on nothing passes in either direction. */
  holdAt(point: HoldPoint): Promise<PassingCommand> {
    const held = Promise.withResolvers<PassingCommand>();
    this.#trap = { ...point, held, left: point.nth ?? 1 };
    return held.promise;
  }

  /** Breaks every connection and takes no other. */
  cut(): void {
    this.#state = 'cut';
    for (const { client, upstream } of this.#pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
  }

  /** Swallows for ever what comes over the present connections and closes none of them; new ones pass. */
  swallow(): void {
    for (const { client, upstream } of this.#pairs) {
      client.pause();
      this.#swallowed.push(client);
      upstream.destroy();
    }
    this.#pairs.clear();
  }

  /** Ends a cut. */
  mend(): void {
    this.#state = 'open';
  }

  close(): void {
    this.cut();
    for (const client of this.#swallowed) client.destroy();
    this.#server.close();
  }

  #join(client: Socket): void {
    if (this.#state === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ port: this.#redisPort, host: '127.0.0.1', noDelay: true });
    client.setNoDelay(true);
    const pair: Pair = { client, upstream, unread: Buffer.alloc(0) };
    this.#pairs.add(pair);
    client.on('error', () => undefined);
    upstream.on('error', () => undefined);
    client.on('close', () => {
      this.#pairs.delete(pair);
      upstream.destroy();
    });
    upstream.on('close', () => {
      if (this.#pairs.delete(pair)) client.destroy();
    });
    client.on('data', (bytes) => {
      pair.unread = Buffer.concat([pair.unread, bytes]);
      this.#pass(pair);
    });
    upstream.on('data', (bytes) => {
      this.#reply(pair, bytes);
    });
  }

  #pass(pair: Pair): void {
    while (this.#state === 'open') {
      const length = commandLength(pair.unread);
      if (length === undefined) return;
      const bytes = pair.unread.subarray(0, length);
      const side = this.#sideOfHold(bytes);
      if (side === 'before') this.#hold();
      else {
        pair.unread = pair.unread.subarray(length);
        pair.upstream.write(bytes);
        if (side === 'after') {
          this.#state = 'frozen';
          pair.upstream.write(`*2\r\n$4\r\nECHO\r\n$${String(MARKER.length)}\r\n${MARKER}\r\n`);
        }
      }
    }
  }

  #reply(pair: Pair, bytes: Buffer): void {
    if (this.#state === 'open') pair.client.write(bytes);
    else if (bytes.includes(MARKER)) this.#hold();
  }

  #sideOfHold(bytes: Buffer): HoldPoint['side'] | undefined {
    const trap = this.#trap;
    if (trap === undefined) return undefined;
    const command = this.#read(bytes);
    if (!trap.matches(command)) return undefined;
    trap.left -= 1;
    if (trap.left > 0) return undefined;
    this.#trapped = command;
    return trap.side;
  }

  #hold(): void {
    this.#state = 'frozen';
    this.#trap?.held.resolve(this.#trapped);
    this.#trap = undefined;
  }

  #read(bytes: Buffer): PassingCommand {
    const [command = '', ...words] = partsOf(bytes);
    const name = command.toLowerCase();
    if (name !== 'evalsha' && name !== 'eval') return { name, words };
    const text = words[0] ?? '';
    const sha = name === 'eval' ? createHash('sha1').update(text).digest('hex') : text;
    // The script, how many keys there are, and the one key come before the arguments.
    return { name: this.#names.get(sha) ?? sha, words: words.slice(3) };
  }
}

/** Loads every script, so that none is refused at its first call and sent a second time, as another command. */
export async function loadScripts(redis: Redis): Promise<void> {
  await Promise.all(scripts().map(({ source }) => redis.script('LOAD', source)));
}

/** Names of the farm's scripts by what Redis calls them. */
function scriptNames(): ReadonlyMap<string, string> {
  return new Map(scripts().map(({ name, sha }) => [sha, name]));
}

function scripts(): readonly Script[] {
  const files = readdirSync(SCRIPTS).filter((file) => file.endsWith('.lua'));
  return files.map((file) => script(file.slice(0, -'.lua'.length)));
}
