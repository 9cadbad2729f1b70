import { randomBytes } from 'node:crypto';
import type { NewTask } from '../../shared/farm/task.ts';

/** A task that takes 0.1 s by expectation, may take 10 s, and asks for nothing; say what matters to the test. */
export function aTask(overrides: Partial<NewTask> = {}): NewTask {
  return {
    id: randomBytes(16).toString('base64url'),
    type: 'calibrated',
    options: '{}',
    expectedServiceSeconds: 0.1,
    deadlineSeconds: 10,
    lost: 'serve',
    ...overrides,
  };
}

/** Several such tasks, each with an id of its own. */
export function tasks(count: number, overrides: Omit<Partial<NewTask>, 'id'> = {}): NewTask[] {
  return Array.from({ length: count }, () => aTask(overrides));
}
