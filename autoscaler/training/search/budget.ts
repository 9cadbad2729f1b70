import { expectedArrivals, scheduleSeconds } from '../../../shared/workload/schedule.ts';
import type { Schedule } from '../../../shared/workload/schedule.ts';

/** Tasks to be expected of one episode: what it costs to run one goes by that. */
export function scheduleArrivals(schedule: Schedule): number {
  return expectedArrivals(schedule, 0, scheduleSeconds(schedule));
}

/** How many episodes a search may run, so that it simulates about so many tasks in all. */
export function affordable(
  schedule: Schedule,
  tasks: number,
  bounds: { readonly least: number; readonly most: number },
): number {
  const episodes = Math.floor(tasks / Math.max(1, scheduleArrivals(schedule)));
  return Math.min(bounds.most, Math.max(bounds.least, episodes));
}
