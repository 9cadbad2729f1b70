import type { Redis } from 'ioredis';
import { DEFAULT_DISPATCH, DISPATCH_ORDERS } from '../../farm/dispatch-order.ts';
import type { DispatchOrder, DispatchRule } from '../../farm/dispatch-order.ts';
import { READABLE_VERSIONS, SCHEMA_VERSION, UnknownSchemaVersion } from '../../farm/schema-version.ts';
import { runScript } from './script.ts';
import type { Reply } from './script.ts';

/** What one farm does, for all its programs at once. Kept in Redis, so that they cannot disagree. */
export interface FarmRules extends DispatchRule {
  /** How long a worker holds a task without renewing. Renewal comes every second. */
  readonly leaseSeconds: number;
  /** Attempts that may fail or crash before the Result is `failed`. */
  readonly maxAttempts: number;
  /** Wait before the second attempt; doubles with each further one, up to 30 s. */
  readonly backoffSeconds: number;
}

/** Moments in microseconds do not fit into the whole numbers of this Redis. */
export class SmallRedis extends Error {
  override readonly name = 'SmallRedis';
  constructor() {
    super(
      'This Redis counts in 32 bits, the farm in microseconds since 1970. Use a Redis built for 64 bits.',
    );
  }
}

export const MICROS = 1_000_000;

/** Whole microseconds, as the scripts count time. */
export function toMicros(seconds: number): number {
  return Math.round(seconds * MICROS);
}

export function toSeconds(micros: Reply | undefined): number {
  return Number(micros) / MICROS;
}

/**
 * The keys of one farm on one connection. Every part of the farm that talks to Redis is made over one of these.
 * A farm's name is its hash tag: its keys share a slot, and many farms share a Redis.
 */
export class FarmStore {
  readonly redis: Redis;
  readonly farm: string;
  readonly prefix: string;

  constructor(redis: Redis, farm: string) {
    this.redis = redis;
    this.farm = farm;
    this.prefix = `farmhand:{${farm}}:`;
  }

  run(name: string, args: readonly (string | number)[] = []): Promise<Reply> {
    return runScript(this.redis, this.prefix, name, args);
  }

  key(name: string): string {
    return this.prefix + name;
  }

  inboxKey(owner: string): string {
    return this.key(`inbox:${owner}`);
  }

  /** The same farm over another connection: every blocking loop has one of its own. */
  over(redis: Redis): FarmStore {
    return new FarmStore(redis, this.farm);
  }

  /** Sets the farm's rules, and marks its keys with the schema version. */
  async configure(rules: Partial<FarmRules>): Promise<void> {
    const fields: (string | number)[] = [];
    const set = (field: string, value: string | number | undefined): void => {
      if (value !== undefined) fields.push(field, value);
    };
    set('order', rules.order);
    set('lostShare', rules.lostShare);
    set('triageLimit', rules.triageLimit);
    set('lease', rules.leaseSeconds === undefined ? undefined : toMicros(rules.leaseSeconds));
    set('attempts', rules.maxAttempts);
    set('backoff', rules.backoffSeconds === undefined ? undefined : toMicros(rules.backoffSeconds));
    let cursor: Reply = '0';
    do {
      const reply = await this.run('configure', [SCHEMA_VERSION, cursor, ...fields]);
      const [found, following] = reply as [Reply, string];
      if (found !== null) this.#expectReadable(found);
      cursor = following;
    } while (cursor !== '0');
  }

  /** The order in which waiting tasks are served. */
  async dispatchOrder(): Promise<DispatchOrder> {
    const order = await this.redis.hget(this.key('config'), 'order');
    return DISPATCH_ORDERS.find((each) => each === order) ?? DEFAULT_DISPATCH.order;
  }

  /** Refuses a farm whose keys this program cannot read, before it touches any. */
  async checkVersion(): Promise<void> {
    const [found, now] = (await this.run('version')) as [Reply, Reply];
    if (toSeconds(now) < 1e9) throw new SmallRedis();
    if (found !== null) this.#expectReadable(found);
  }

  /** Seconds since the epoch on the farm's one clock, that of Redis. */
  async nowSeconds(): Promise<number> {
    const [, now] = (await this.run('version')) as [Reply, Reply];
    return toSeconds(now);
  }

  /** Does what has become due by time alone: leases, back-offs, SYNs that ran out. */
  async tick(): Promise<void> {
    await this.run('tick');
  }

  #expectReadable(version: Reply): void {
    if (!READABLE_VERSIONS.includes(Number(version)))
      throw new UnknownSchemaVersion(`Farm ${this.farm}`, version);
  }
}
