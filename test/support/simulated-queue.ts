import { DEFAULT_DISPATCH } from '../../shared/farm/dispatch-order.ts';
import type { DispatchOrder } from '../../shared/farm/dispatch-order.ts';
import { FarmSimulation } from '../../shared/simulator/farm-simulation.ts';
import type { TaskTable } from '../../shared/simulator/task-table.ts';
import { RandomStream } from '../../shared/workload/random-stream.ts';

export interface QueueLoad {
  readonly tasks: number;
  readonly arrivalRatePerSecond: number;
  /** Draws a service time. */
  readonly serviceSeconds: (stream: RandomStream) => number;
  readonly seed: number;
}

/**
 * Poisson arrivals. Every deadline is the moment of generation, so that tardiness is response time; dispatch goes by
 * the latest start, which leaves some slack.
 */
export function poissonTasks({ tasks, arrivalRatePerSecond, serviceSeconds, seed }: QueueLoad): TaskTable {
  const arrivals = new RandomStream(seed, 'arrivals');
  const services = new RandomStream(seed, 'sizes');
  const table = {
    count: tasks,
    generatedAtSeconds: new Float64Array(tasks),
    expectedServiceSeconds: new Float64Array(tasks),
    serviceSeconds: new Float64Array(tasks),
    deadlineAtSeconds: new Float64Array(tasks),
    latestStartSeconds: new Float64Array(tasks),
  };
  let now = 0;
  for (let task = 0; task < tasks; task += 1) {
    now += arrivals.exponential(1 / arrivalRatePerSecond);
    const service = serviceSeconds(services);
    table.generatedAtSeconds[task] = now;
    table.expectedServiceSeconds[task] = service;
    table.serviceSeconds[task] = service;
    table.deadlineAtSeconds[task] = now;
    table.latestStartSeconds[task] = now + 2 * service;
  }
  return table;
}

/** A farm of so many workers that hands tasks over in no time. */
export function queueOf(tasks: TaskTable, workers: number, order: DispatchOrder = 'fifo'): FarmSimulation {
  return new FarmSimulation(tasks, {
    dispatch: { ...DEFAULT_DISPATCH, order, lostShare: 0 },
    pickUpSeconds: 0,
    collectSeconds: 0,
    startDelaySeconds: 0,
    initialWorkers: workers,
  });
}

/** Runs until every task is collected. */
export function runToEnd(simulation: FarmSimulation): void {
  const { generatedAtSeconds, count } = simulation.tasks;
  let seconds = generatedAtSeconds[count - 1] ?? 0;
  while (!simulation.isDone) {
    simulation.advanceTo(seconds);
    seconds += 1000;
  }
}

/** From generation to the beginning of the service, on average. */
export function meanWait(simulation: FarmSimulation): number {
  const { responseSecondsSum, serviceSecondsSum, count } = simulation.collected;
  return (responseSecondsSum - serviceSecondsSum) / count;
}
