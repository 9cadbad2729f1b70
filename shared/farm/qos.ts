import type { Counters } from './counters.ts';

/**
 * Quality of service as a share from 0 to 1: tasks collected within their deadline ÷ tasks that were collected or
 * whose deadline has passed. Tasks that are overdue and still held count as missed now. Invalid and cancelled tasks
 * stand outside. Absent where nothing fell due.
 */
export function qosShare(met: number, missed: number, overdueHeld: number): number | undefined {
  const due = met + missed + overdueHeld;
  return due > 0 ? met / due : undefined;
}

/** QoS over the time between two readings of the counters. */
export function qosBetween(
  before: Pick<Counters, 'met' | 'missed'>,
  after: Pick<Counters, 'met' | 'missed'>,
  overdueHeld: number,
): number | undefined {
  return qosShare(after.met - before.met, after.missed - before.missed, overdueHeld);
}
