import type { Redis } from 'ioredis';
import { FARM_SETTINGS_SHAPE, REDIS_ADDRESS, REDIS_ADDRESS_EXPECTED } from '../farm-settings.ts';
import { InvalidSetting, readSettings } from '../settings.ts';
import type { Environment } from '../settings.ts';
import { connectRedis, refuseEviction } from './connection.ts';
import type { RedisAddress } from './connection.ts';
import { FarmStore } from './farm-store.ts';

/** What opening a farm needs of its surroundings; a function's context fits. */
export interface Surroundings {
  readonly env: Environment;
  secret(name: string): string | undefined;
  reportDependency(name: string, state: { readonly ok: boolean; readonly detail?: string }): void;
}

/** A farm with its connections. */
export interface OpenFarm {
  readonly store: FarmStore;
  /** The same farm over one more connection, for a loop that blocks. */
  another(): FarmStore;
  close(): void;
}

/**
 * Connects to the farm that the settings name. Returns at once, whether Redis is there or not: commands wait for it.
 * Whether Redis answers is reported as the dependency `redis`.
 */
export function openFarm(surroundings: Surroundings): OpenFarm {
  const settings = readSettings(FARM_SETTINGS_SHAPE, surroundings.env);
  const address = redisAddress(settings, surroundings);
  const connections: Redis[] = [];
  const connect = (): FarmStore => {
    const redis = connectRedis(address, (error) => {
      surroundings.reportDependency('redis', { ok: false, detail: reasonOf(error) });
    });
    redis.on('close', () => {
      surroundings.reportDependency('redis', { ok: false, detail: 'the connection is closed' });
    });
    redis.on('ready', () => {
      surroundings.reportDependency('redis', { ok: true });
    });
    connections.push(redis);
    return new FarmStore(redis, settings.FARM);
  };
  surroundings.reportDependency('redis', { ok: false, detail: 'not connected yet' });
  return {
    store: connect(),
    another: connect,
    close: () => {
      for (const redis of connections) redis.disconnect();
    },
  };
}

/** Refuses a Redis that evicts, and keys that another version wrote. Waits until Redis is there. */
export async function checkFarm(store: FarmStore): Promise<void> {
  await refuseEviction(store.redis);
  await store.checkVersion();
}

/** Without the address, where a code says enough: whoever reaches the door may read it. */
function reasonOf(error: Error & { readonly code?: unknown }): string {
  return typeof error.code === 'string' ? error.code : error.message;
}

function redisAddress(
  settings: {
    REDIS_URL: string;
    REDIS_URL_SECRET: string;
    REDIS_PASSWORD_SECRET: string;
    REDIS_CA_FILE?: string | undefined;
  },
  surroundings: Surroundings,
): RedisAddress {
  const password = surroundings.secret(settings.REDIS_PASSWORD_SECRET);
  const given = surroundings.secret(settings.REDIS_URL_SECRET);
  if (given !== undefined && !REDIS_ADDRESS.test(given)) {
    // Not what was found: it holds the password.
    const expected = `names a secret whose text ${REDIS_ADDRESS_EXPECTED}`;
    throw new InvalidSetting('REDIS_URL_SECRET', expected, settings.REDIS_URL_SECRET);
  }
  return {
    url: given ?? settings.REDIS_URL,
    ...(password === undefined ? {} : { password }),
    ...(settings.REDIS_CA_FILE === undefined ? {} : { caFile: settings.REDIS_CA_FILE }),
  };
}
