import type { Policy } from './policy.ts';

/** Looks at nothing but the time: so many workers at each step, the last figure from then on. */
export function timetable(workersByStep: readonly number[]): Policy {
  return {
    name: 'timetable',
    begin: () => {
      let step = 0;
      return {
        decide: () => {
          const workers = workersByStep[step] ?? workersByStep.at(-1);
          step += 1;
          return workers;
        },
      };
    },
  };
}
