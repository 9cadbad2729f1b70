import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../template/farm-node22/contract.ts';
import type { Autoscaler } from './autoscaler.ts';

export interface StepLoopParts {
  readonly stepSeconds: number;
  readonly log: Logger;
  /** Aborted when the process is to stop. */
  readonly signal: AbortSignal;
}

/**
 * Takes a step, waits for the rest of the step's length, and so on. A step that fails is logged and changes nothing
 * about the next one. Ends by the signal's AbortError.
 */
export async function keepStepping(autoscaler: Autoscaler, parts: StepLoopParts): Promise<void> {
  const { stepSeconds, log, signal } = parts;
  const stepLengthMs = stepSeconds * 1000;
  for (;;) {
    const startedAtMs = performance.now();
    await tryStep(autoscaler, log);
    const leftMs = stepLengthMs - (performance.now() - startedAtMs);
    await delay(Math.max(0, leftMs), undefined, { signal });
  }
}

async function tryStep(autoscaler: Autoscaler, log: Logger): Promise<void> {
  try {
    const reply = await autoscaler.step();
    if (reply.kind === 'stepped') log.info({ decision: reply.decision }, 'step');
  } catch (error) {
    log.error({ error }, 'step failed; nothing was scaled by it');
  }
}
