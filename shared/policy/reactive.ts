import type { Observation } from '../control/observation.ts';
import { memoryless } from './policy.ts';
import type { Policy } from './policy.ts';

/** Which response time stands for the service time: the published rules read one for the other. */
export type ResponseEstimator = 'average' | 'maximum';

/** Length of a step, and the horizon within which the queue is to be worked off. */
const HORIZON_SECONDS = 8;

/** Where nothing was collected, the published environment says 1.5 s. */
const ASSUMED_RESPONSE_SECONDS = 1.5;

/**
 * The published reactive baselines (Li et al., ReactiveAverage and ReactiveMaximum): an analytic estimate of the
 * workers needed from response time, queue and arrival rate, followed by at most one worker a step.
 */
export function reactive(estimator: ResponseEstimator): Policy {
  return memoryless(
    `reactive-${estimator}`,
    (observation) => observation.workers + move(observation, estimator),
  );
}

function move(observation: Observation, estimator: ResponseEstimator): -1 | 0 | 1 {
  const { workers, waitingTasks, arrivalRatePerSecond = 0 } = observation;
  const measured = estimator === 'average' ? observation.meanResponseSeconds : observation.maxResponseSeconds;
  const service = Math.max(measured ?? ASSUMED_RESPONSE_SECONDS, 0.1);
  const horizon = Math.max(HORIZON_SECONDS, service, 1);
  const need = Math.max(1, (waitingTasks / horizon) * service + arrivalRatePerSecond * service);
  const spare = workers - freedWithin(observation, service, horizon) * (estimator === 'average' ? 0.5 : 1);
  const short = need - spare;
  if (short >= 0.5) return 1;
  return short <= -0.5 ? -1 : 0;
}

/** Capacity that the tasks in hand take up over the horizon. One task is left out, as published. */
function freedWithin(observation: Observation, service: number, horizon: number): number {
  const active = observation.busyWorkers;
  const busy = Math.min(observation.workers, Math.max(0, active > 0 ? active - 1 : 0));
  return (busy / horizon) * service;
}
