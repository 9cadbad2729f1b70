import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { giveUpSilent } from './silence.ts';

/** Where Redis is, and who we are there. */
export interface RedisAddress {
  /** `redis://[user:password@]host:port[/db]`, or `rediss://` for TLS. */
  readonly url: string;
  /** Overrides the password in the URL: read from a secret. */
  readonly password?: string;
  /** PEM file of the authority that signed the server's certificate, where the system does not know it. */
  readonly caFile?: string;
}

/** Longest wait between two tries to reach a Redis that is away. */
const RECONNECT_MOST_MS = 1000;

/**
 * Opens a connection that never gives up: while Redis is away commands wait, and go on by themselves when it is back.
 * Commands may be sent twice after a reconnection; every script of the farm is made for that.
 *
 * @param onError told about each failure to connect; nothing is thrown for it
 */
export function connectRedis(address: RedisAddress, onError: (error: Error) => void): Redis {
  const redis = new Redis(address.url, {
    ...(address.password === undefined ? {} : { password: address.password }),
    ...(address.caFile === undefined ? {} : { tls: { ca: readFileSync(address.caFile) } }),
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(RECONNECT_MOST_MS, 20 * 2 ** Math.min(attempt, 6)),
    keepAlive: 5000,
    connectTimeout: 5000,
    enableReadyCheck: true,
    // A command that was in flight when the connection broke is sent again.
    autoResendUnfulfilledCommands: true,
  });
  redis.on('error', onError);
  giveUpSilent(redis);
  return redis;
}

/** Redis would throw tasks away when it is full. */
export class EvictingRedis extends Error {
  override readonly name = 'EvictingRedis';
  constructor(policy: string) {
    super(
      `This Redis has maxmemory-policy ${policy}: it would throw tasks away when memory runs out. ` +
        'Set `maxmemory-policy noeviction`.',
    );
  }
}

/** Refuses a Redis that evicts keys. Where the setting cannot be read (CONFIG is barred), INFO is asked. */
export async function refuseEviction(redis: Redis): Promise<void> {
  const info = await redis.info('memory');
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (policy !== undefined && policy !== 'noeviction') throw new EvictingRedis(policy);
}
