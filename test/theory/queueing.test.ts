import { describe, expect, it } from 'vitest';
import { meanWaitSeconds } from '../../autoscaler/training/search/erlang.ts';
import type { RandomStream } from '../../shared/workload/random-stream.ts';
import { meanWait, poissonTasks, queueOf, runToEnd } from '../support/simulated-queue.ts';

const SERVICE_SECONDS = 1;

/** Mean wait over several long runs, so that no array becomes huge. */
function simulatedWait(
  workers: number,
  utilisation: number,
  service: (stream: RandomStream) => number,
): number {
  const runs = 6;
  let sum = 0;
  for (let seed = 1; seed <= runs; seed += 1) {
    const arrivalRatePerSecond = (utilisation * workers) / SERVICE_SECONDS;
    const tasks = poissonTasks({ tasks: 300_000, arrivalRatePerSecond, serviceSeconds: service, seed });
    const simulation = queueOf(tasks, workers);
    runToEnd(simulation);
    sum += meanWait(simulation) / runs;
  }
  return sum;
}

describe('the simulated farm against queueing theory', () => {
  const exponential = (stream: RandomStream): number => stream.exponential(SERVICE_SECONDS);

  it.each([
    { workers: 1, utilisation: 0.6 },
    { workers: 4, utilisation: 0.7 },
    { workers: 10, utilisation: 0.8 },
  ])(
    'waits as M/M/$workers does at a utilisation of $utilisation, within 1 %',
    ({ workers, utilisation }) => {
      const theory = meanWaitSeconds(workers, utilisation * workers, SERVICE_SECONDS);
      const ratio = simulatedWait(workers, utilisation, exponential) / theory;
      expect(Math.abs(ratio - 1)).toBeLessThan(0.01);
    },
  );

  it.each([0.5, 0.7])(
    'waits as M/D/1 does at a utilisation of $0, within 1 % (Pollaczek and Khinchine)',
    (rho) => {
      const theory = (rho * SERVICE_SECONDS) / (2 * (1 - rho));
      const ratio = simulatedWait(1, rho, () => SERVICE_SECONDS) / theory;
      expect(Math.abs(ratio - 1)).toBeLessThan(0.01);
    },
  );

  it.each(['fifo', 'deadline', 'triage'] as const)('keeps Little’s law exactly (%s)', (order) => {
    const load = { tasks: 3000, arrivalRatePerSecond: 3.6, serviceSeconds: exponential, seed: 7 };
    const tasks = poissonTasks(load);
    const first = queueOf(tasks, 4, order);
    runToEnd(first);
    const collectedAt = Array.from(
      tasks.generatedAtSeconds,
      (at, task) => at + (first.collected.tardinessSeconds(task) ?? Number.NaN),
    );

    // The same again, stopped whenever the number of tasks in the farm changes.
    const again = queueOf(tasks, 4, order);
    let taskSeconds = 0;
    let before = 0;
    let present = 0;
    for (const moment of [...tasks.generatedAtSeconds, ...collectedAt].sort((a, b) => a - b)) {
      taskSeconds += present * (moment - before);
      // Sums of floating-point times: the change itself lies within a billionth of a second.
      again.advanceTo(moment + 1e-9);
      const { waiting, leased, answered } = again.snapshot(0).held;
      present = waiting + leased + answered;
      before = moment;
    }

    const { responseSecondsSum, count } = first.collected;
    const meanInFarm = taskSeconds / before;
    const arrivalRate = count / before;
    expect(meanInFarm).toBeCloseTo(arrivalRate * (responseSecondsSum / count), 7);
  });

  it('begins tasks in the order of their arrival when it serves first come, first served', () => {
    const tasks = poissonTasks({
      tasks: 5000,
      arrivalRatePerSecond: 3.9,
      serviceSeconds: exponential,
      seed: 3,
    });
    const simulation = queueOf(tasks, 4);
    runToEnd(simulation);
    const begunAt = Array.from(
      tasks.generatedAtSeconds,
      (at, task) =>
        at + (simulation.collected.tardinessSeconds(task) ?? 0) - (tasks.serviceSeconds[task] ?? 0),
    );
    expect(begunAt.every((at, task) => task === 0 || at >= (begunAt[task - 1] ?? 0) - 1e-9)).toBe(true);
  });
});
