import { schedule as scheduleCron, validate } from 'node-cron';
import type { Logger as CronLogger } from 'node-cron';
import { setTimeout as delay } from 'node:timers/promises';
import { InvalidSetting } from '../shared/io/settings.ts';
import type { Logger } from '../template/farm-node22/contract.ts';
import type { Autoscaler } from './autoscaler.ts';
import type { AutoscalerSettings } from './settings.ts';

/** When steps are taken. */
export type Schedule =
  | { readonly kind: 'every'; readonly stepSeconds: number }
  | { readonly kind: 'cron'; readonly expression: string }
  /** By others, with `POST /`. */
  | { readonly kind: 'off' };

export interface ScheduleParts {
  readonly log: Logger;
  /** Aborted when the process is to stop. */
  readonly signal: AbortSignal;
}

/** @throws InvalidSetting */
export function readSchedule({
  SCHEDULE: text,
  STEP_SECONDS: stepSeconds,
  MINIMUM_INTERVAL_SECONDS: minimum = 0,
}: Pick<AutoscalerSettings, 'SCHEDULE' | 'STEP_SECONDS' | 'MINIMUM_INTERVAL_SECONDS'>): Schedule {
  if (text === 'off') return { kind: 'off' };
  if (text === 'every') {
    if (minimum < stepSeconds) return { kind: 'every', stepSeconds };
    // Every other step would come too early.
    const expected = `must be below STEP_SECONDS (${String(stepSeconds)}) where SCHEDULE is every`;
    throw new InvalidSetting('MINIMUM_INTERVAL_SECONDS', expected, String(minimum));
  }
  if (validate(text)) return { kind: 'cron', expression: text };
  throw new InvalidSetting('SCHEDULE', 'must be every, off, or a cron expression of 5 or 6 fields', text);
}

/** Takes steps until the process is to stop; a step that fails is logged and changes nothing about the next one. */
export async function keepSchedule(
  schedule: Schedule,
  autoscaler: Autoscaler,
  parts: ScheduleParts,
): Promise<void> {
  switch (schedule.kind) {
    case 'every':
      return keepStepping(schedule.stepSeconds, autoscaler, parts);
    case 'cron':
      return keepCron(schedule.expression, autoscaler, parts);
    case 'off':
      return untilAbort(parts.signal);
  }
}

async function keepStepping(
  stepSeconds: number,
  autoscaler: Autoscaler,
  parts: ScheduleParts,
): Promise<void> {
  for (;;) {
    const startedAtMs = performance.now();
    await tryStep(autoscaler, parts.log);
    const leftMs = stepSeconds * 1000 - (performance.now() - startedAtMs);
    await delay(Math.max(0, leftMs), undefined, { signal: parts.signal });
  }
}

async function keepCron(expression: string, autoscaler: Autoscaler, parts: ScheduleParts): Promise<void> {
  const logger = loggerOf(parts.log);
  const task = scheduleCron(expression, () => tryStep(autoscaler, parts.log), { noOverlap: true, logger });
  try {
    await untilAbort(parts.signal);
  } finally {
    await task.destroy();
  }
}

/** What node-cron has to say would stand on standard output as text, among lines that are JSON. */
function loggerOf(log: Logger): CronLogger {
  return {
    debug: () => undefined,
    info: (message) => {
      log.info({}, message);
    },
    warn: (message) => {
      log.warn({}, message);
    },
    error: (message, error) => {
      log.error({ error: error ?? message }, 'the schedule failed');
    },
  };
}

/** Ends by the signal's AbortError. */
async function untilAbort(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
}

async function tryStep(autoscaler: Autoscaler, log: Logger): Promise<void> {
  try {
    const reply = await autoscaler.step();
    if (reply.kind === 'stepped') log.info({ decision: reply.decision }, 'step');
  } catch (error) {
    log.error({ error }, 'step failed; the next one sees to what it had begun');
  }
}
