import { setTimeout as delay } from 'node:timers/promises';
import {
  calibratedOptionsSchema,
  longestServiceSeconds,
} from '../../shared/io/schemas/calibrated-options.ts';
import { InvalidInput, type TaskInput, type TaskOutput } from './task-type.ts';

/**
 * Only waits for the service time that the task says it takes, so that a load made for dozens of workers
 * runs live on two cores: a waiting worker costs no processor time, and the queueing is as real as ever.
 */
export async function work(input: TaskInput): Promise<TaskOutput> {
  const startedMs = performance.now();
  const serviceSeconds = serviceSecondsOf(input);
  await waitUntil(startedMs + serviceSeconds * 1000, input.signal);
  const tookSeconds = (performance.now() - startedMs) / 1000;
  return { summary: { serviceSeconds, stageSeconds: { wait: tookSeconds } }, blobs: {} };
}

function serviceSecondsOf(input: TaskInput): number {
  const parsed = calibratedOptionsSchema.safeParse(input.options ?? {});
  if (!parsed.success) {
    throw new InvalidInput(
      `serviceSeconds must be a number from 0 to ${String(longestServiceSeconds)}, and the only option of a ` +
        `calibrated task: ${parsed.error.issues.map((issue) => issue.message).join('; ')}`,
    );
  }
  return parsed.data.serviceSeconds ?? Math.min(longestServiceSeconds, input.expectedServiceSeconds);
}

/**
 * A timer rather than a busy loop, because many workers share the processor; Node's timers count whole
 * milliseconds and may fire up to one early, hence the second look at the clock. Error: 0 to about 1 ms.
 */
async function waitUntil(untilMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  for (let leftMs = untilMs - performance.now(); leftMs > 0; leftMs = untilMs - performance.now()) {
    await delay(Math.max(1, Math.round(leftMs)), undefined, { signal });
  }
}
