import { z } from 'zod';
import { numberOf, wholeNumberOf } from '../shared/io/settings.ts';
import type { Setting } from '../shared/io/settings.ts';

export const AUTOSCALER_SETTINGS_SHAPE = {
  POOL: z.enum(['processes'], 'must be processes').default('processes'),
  STEP_SECONDS: numberOf('seconds', { least: 0.5, most: 3600 }, 8),
  MIN_WORKERS: wholeNumberOf('workers', { least: 0, most: 10_000 }, 1),
  MAX_WORKERS: wholeNumberOf('workers', { least: 1, most: 10_000 }, 32),
  STEP_LIMIT: wholeNumberOf('workers', { least: 1, most: 10_000 }, 4),
  STAFFING_SAFETY: numberOf('square roots of the load', { least: 0, most: 10 }, 1),
  STAFFING_BACKLOG_SHARE: numberOf('shares of the backlog a step', { least: 0, most: 10 }, 0.5),
};

export type AutoscalerSettings = Readonly<z.infer<z.ZodObject<typeof AUTOSCALER_SETTINGS_SHAPE>>>;

export const AUTOSCALER_SETTINGS: readonly Setting[] = [
  {
    name: 'POOL',
    unit: '',
    default: 'processes',
    meaning: 'where the workers run: processes of this machine',
  },
  { name: 'STEP_SECONDS', unit: 's', default: '8', meaning: 'time between two decisions' },
  { name: 'MIN_WORKERS', unit: 'workers', default: '1', meaning: 'the pool is never smaller' },
  { name: 'MAX_WORKERS', unit: 'workers', default: '32', meaning: 'the pool is never larger' },
  { name: 'STEP_LIMIT', unit: 'workers', default: '4', meaning: 'most workers added or removed in one step' },
  { name: 'STAFFING_SAFETY', unit: '√load', default: '1', meaning: 'b in workers = load + b·√load' },
  {
    name: 'STAFFING_BACKLOG_SHARE',
    unit: 'share',
    default: '0.5',
    meaning: 'share of the waiting work that a step is to work off',
  },
];
