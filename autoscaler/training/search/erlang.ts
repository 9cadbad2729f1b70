import { rateAt, scheduleSeconds } from '../../../shared/workload/schedule.ts';
import type { Workload } from '../../../shared/workload/workload.ts';

/**
 * Erlang's C: the probability that a task has to wait, with Poisson arrivals, exponential service and `servers`
 * workers; 1 where the load reaches their number. By Erlang's B, whose recursion is stable.
 *
 * @param load arrival rate × mean service time
 */
export function waitProbability(servers: number, load: number): number {
  if (load >= servers) return 1;
  let blocked = 1;
  for (let count = 1; count <= servers; count += 1) blocked = (load * blocked) / (count + load * blocked);
  return blocked / (1 - (load / servers) * (1 - blocked));
}

/** Mean time that a task waits in M/M/c, in seconds. */
export function meanWaitSeconds(servers: number, load: number, meanServiceSeconds: number): number {
  return (waitProbability(servers, load) * meanServiceSeconds) / (servers - load);
}

/** Least servers of an M/M/c with which so many tasks wait for no longer than a time. */
export function serversFor(
  load: number,
  within: { readonly services: number; readonly share: number },
): number {
  if (load <= 0) return 0;
  for (let servers = Math.floor(load) + 1; ; servers += 1) {
    const waitsLonger = waitProbability(servers, load) * Math.exp(-(servers - load) * within.services);
    if (waitsLonger <= 1 - within.share) return servers;
  }
}

/**
 * A reference, not a bound: the mean workers if every second of the schedule were a world of its own, a stationary
 * M/M/c staffed by Erlang's C so that the wait stays below the mean service time, which is what a deadline of twice
 * the service time leaves.
 */
export function staffedByErlang(workload: Workload, meanServiceSeconds: number, qosPercent: number): number {
  const seconds = Math.ceil(scheduleSeconds(workload));
  const { minWorkers, maxWorkers } = workload;
  let sum = 0;
  for (let second = 0; second < seconds; second += 1) {
    const load = rateAt(workload, second + 0.5) * meanServiceSeconds;
    const servers = serversFor(load, { services: 1, share: qosPercent / 100 });
    sum += Math.min(maxWorkers, Math.max(minWorkers, servers));
  }
  return seconds === 0 ? minWorkers : sum / seconds;
}
