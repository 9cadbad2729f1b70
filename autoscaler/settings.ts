import { z } from 'zod';
import { numberOf, wholeNumberOf } from '../shared/io/settings.ts';
import type { Setting } from '../shared/io/settings.ts';
import { KUBERNETES_SETTINGS, KUBERNETES_SETTINGS_SHAPE } from './kubernetes-settings.ts';

const SECONDS = { least: 0, most: 86_400 };

/** The shipped planner: one file where the emitter announces its load, one where work only comes from outside. */
const SHIPPED_POLICIES =
  'policies/farmhand-triage-4-announced.json,policies/farmhand-triage-4-unannounced.json';

export const AUTOSCALER_SETTINGS_SHAPE = {
  POOL: z.enum(['processes', 'kubernetes'], 'must be processes or kubernetes').default('processes'),
  STEP_SECONDS: numberOf('seconds', { least: 0.5, most: 3600 }, 8),
  SCHEDULE: z.string().default('every'),
  MINIMUM_INTERVAL_SECONDS: z.coerce
    .number('must be a number of seconds from 0 to 86400')
    .min(SECONDS.least, 'must be a number of seconds from 0 to 86400')
    .max(SECONDS.most, 'must be a number of seconds from 0 to 86400')
    .optional(),
  POLICY: z.string().default(SHIPPED_POLICIES),
  FALLBACK_POLICY: z.string().default('staffing'),
  TENSORFLOW: z.enum(['auto', 'off'], 'must be auto or off').default('auto'),
  MIN_WORKERS: wholeNumberOf('workers', { least: 0, most: 10_000 }, 1),
  MAX_WORKERS: wholeNumberOf('workers', { least: 1, most: 10_000 }, 32),
  STEP_LIMIT: wholeNumberOf('workers', { least: 1, most: 10_000 }, 4),
  COOLDOWN_SECONDS: numberOf('seconds', SECONDS, 0),
  DRY_RUN: z.enum(['yes', 'no'], 'must be yes or no').default('no'),
  ...KUBERNETES_SETTINGS_SHAPE,
};

export type AutoscalerSettings = Readonly<z.infer<z.ZodObject<typeof AUTOSCALER_SETTINGS_SHAPE>>>;

export const AUTOSCALER_SETTINGS: readonly Setting[] = [
  {
    name: 'POOL',
    unit: '',
    default: 'processes',
    meaning: 'where the workers run: `processes` of this machine, or the pods of Deployments (`kubernetes`)',
  },
  { name: 'STEP_SECONDS', unit: 's', default: '8', meaning: 'time between two decisions' },
  {
    name: 'SCHEDULE',
    unit: '',
    default: 'every',
    meaning:
      'when steps are taken: `every` STEP_SECONDS, a cron expression of 5 or 6 fields, or `off` where others send `POST /`',
  },
  {
    name: 'MINIMUM_INTERVAL_SECONDS',
    unit: 's',
    default: '',
    meaning: 'least time between two steps, whoever asks for them; half of STEP_SECONDS where it is not set',
  },
  {
    name: 'POLICY',
    unit: '',
    default: SHIPPED_POLICIES,
    meaning:
      'who decides: the path of a policy file, `secret:<name>`, or a rule; of several, by commas, the first made for what the farm announces',
  },
  {
    name: 'FALLBACK_POLICY',
    unit: '',
    default: 'staffing',
    meaning:
      'the rule that decides where the policy cannot: staffing, reactive-average, reactive-maximum, static:N',
  },
  {
    name: 'TENSORFLOW',
    unit: '',
    default: 'auto',
    meaning: 'auto: TensorFlow.js decides for networks where it is installed; off: it is not loaded',
  },
  { name: 'MIN_WORKERS', unit: 'workers', default: '1', meaning: 'the pool is never smaller' },
  { name: 'MAX_WORKERS', unit: 'workers', default: '32', meaning: 'the pool is never larger' },
  { name: 'STEP_LIMIT', unit: 'workers', default: '4', meaning: 'most workers added or removed in one step' },
  {
    name: 'COOLDOWN_SECONDS',
    unit: 's',
    default: '0',
    meaning: 'time after a change of the pool in which no policy changes it again',
  },
  {
    name: 'DRY_RUN',
    unit: '',
    default: 'no',
    meaning: 'yes: decides and records, and changes nothing',
  },
  ...KUBERNETES_SETTINGS,
];
