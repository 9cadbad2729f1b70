import { z } from 'zod';
import type { Setting } from './settings.ts';

/** What an address of Redis looks like, wherever it comes from. */
export const REDIS_ADDRESS = /^rediss?:\/\/\S+$/;
export const REDIS_ADDRESS_EXPECTED = 'must look like redis://host:6379, or rediss:// for TLS';

/** What every program of a farm reads: which farm it belongs to, and where its Redis is. */
export const FARM_SETTINGS_SHAPE = {
  FARM: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be a name of a-z, 0-9 and -, at most 63 long')
    .default('farm'),
  REDIS_URL: z.string().regex(REDIS_ADDRESS, REDIS_ADDRESS_EXPECTED).default('redis://127.0.0.1:6379'),
  REDIS_PASSWORD_SECRET: z.string().default('redis-password'),
  REDIS_URL_SECRET: z.string().default('redis-url'),
  REDIS_CA_FILE: z.string().optional(),
};

export const FARM_SETTINGS: readonly Setting[] = [
  { name: 'FARM', unit: '', default: 'farm', meaning: 'name of the farm; many farms may share a Redis' },
  {
    name: 'REDIS_URL',
    unit: '',
    default: 'redis://127.0.0.1:6379',
    meaning: 'where Redis is; rediss:// for TLS',
  },
  {
    name: 'REDIS_URL_SECRET',
    unit: '',
    default: 'redis-url',
    meaning: 'secret that holds the whole URL; wins over REDIS_URL where it exists',
  },
  {
    name: 'REDIS_PASSWORD_SECRET',
    unit: '',
    default: 'redis-password',
    meaning: 'secret that holds the password alone',
  },
  {
    name: 'REDIS_CA_FILE',
    unit: '',
    default: '',
    meaning: 'PEM file of the authority that signed the certificate of Redis',
  },
];
