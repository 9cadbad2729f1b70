import type { z } from 'zod';
import { FARM_SETTINGS, FARM_SETTINGS_SHAPE } from '../shared/io/farm-settings.ts';
import { numberOf, readSettings } from '../shared/io/settings.ts';
import type { Environment, Setting } from '../shared/io/settings.ts';

/** Variables that the collector reads. */
export const COLLECTOR_SETTINGS_SHAPE = {
  ...FARM_SETTINGS_SHAPE,
  RESULT_SECONDS: numberOf('seconds', { least: 1, most: 31_536_000 }, 3600),
  REDIS_ANSWER_SECONDS: numberOf('seconds', { least: 0.1, most: 300 }, 5),
};

export type CollectorSettings = Readonly<z.infer<z.ZodObject<typeof COLLECTOR_SETTINGS_SHAPE>>>;

export const COLLECTOR_SETTINGS: readonly Setting[] = [
  ...FARM_SETTINGS,
  {
    name: 'RESULT_SECONDS',
    unit: 'seconds',
    default: '3600',
    meaning: 'how long a Result and its outputs can be read',
  },
  {
    name: 'REDIS_ANSWER_SECONDS',
    unit: 'seconds',
    default: '5',
    meaning: 'how long a request waits for Redis before it gets 503',
  },
];

/** @throws InvalidSetting */
export function readCollectorSettings(env: Environment): CollectorSettings {
  return readSettings(COLLECTOR_SETTINGS_SHAPE, env);
}
