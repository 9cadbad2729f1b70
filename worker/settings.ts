import { z } from 'zod';
import { wholeNumberOf, numberOf } from '../shared/io/settings.ts';
import type { Setting } from '../shared/io/settings.ts';

/** What a worker reads beside the farm's settings. */
export const WORKER_SETTINGS_SHAPE = {
  TASKS_DIR: z.string().optional(),
  TASK_TIMEOUT_SECONDS: numberOf('seconds', { least: 0, most: 86_400 }, 300),
  TASK_HEAP_MEBIBYTES: wholeNumberOf('MiB', { least: 16, most: 65_536 }, 256),
};

export const WORKER_SETTINGS: readonly Setting[] = [
  {
    name: 'TASKS_DIR',
    unit: 'path',
    default: '',
    meaning: "folder of the task types; without it, the worker's own tasks/",
  },
  {
    name: 'TASK_TIMEOUT_SECONDS',
    unit: 'seconds',
    default: '300',
    meaning: 'after this time an attempt is ended and counts as failed; 0 for no limit',
  },
  {
    name: 'TASK_HEAP_MEBIBYTES',
    unit: 'MiB',
    default: '256',
    meaning: 'JavaScript heap of the thread that does the tasks; pictures lie outside of it',
  },
];
