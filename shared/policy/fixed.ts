import type { Policy } from './policy.ts';

/** Always the same number of workers, from the first second. */
export function fixed(workers: number): Policy {
  return {
    name: `static:${String(workers)}`,
    initialWorkers: workers,
    begin: () => ({ decide: () => workers }),
  };
}
