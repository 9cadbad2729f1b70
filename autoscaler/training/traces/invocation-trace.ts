import type { Workload } from '../../../shared/workload/workload.ts';
import { steady } from '../../../shared/workload/phase.ts';

/** One call of a function, as a trace has it. Seconds from the start of the trace. */
export interface Invocation {
  readonly app: string;
  readonly func: string;
  readonly endSeconds: number;
  readonly durationSeconds: number;
}

/** A trace that cannot be used: says which line, what it needs and what stands there. */
export class InvalidTrace extends Error {
  override readonly name = 'InvalidTrace';

  constructor(file: string, line: number, reason: string) {
    super(`${file}, line ${String(line)}: ${reason}`);
  }
}

/** The columns of the Azure Functions invocation trace of 2021 (Zhang et al., SOSP 2021). */
export const TRACE_COLUMNS = ['app', 'func', 'end_timestamp', 'duration'];

/** @throws InvalidTrace */
export function parseTrace(text: string, file: string): readonly Invocation[] {
  const [head = '', ...lines] = text.trim().split(/\r?\n/);
  if (head !== TRACE_COLUMNS.join(',')) {
    throw new InvalidTrace(file, 1, `expected the columns ${TRACE_COLUMNS.join(',')}; found ${head}`);
  }
  return lines.map((line, index) => parseLine(line, file, index + 2));
}

function parseLine(line: string, file: string, number: number): Invocation {
  const [app = '', func = '', end = '', duration = '', ...more] = line.split(',');
  const [endSeconds, durationSeconds] = [Number(end), Number(duration)];
  const isNumber = end !== '' && duration !== '' && Number.isFinite(endSeconds) && durationSeconds >= 0;
  if (!isNumber || more.length > 0) {
    throw new InvalidTrace(
      file,
      number,
      `expected app,func,end_timestamp,duration in seconds; found ${line}`,
    );
  }
  return { app, func, endSeconds, durationSeconds };
}

const STEP_SECONDS = 8;

/**
 * The load of a trace: as many calls in each step as it counts, durations of its mean and spread. Single calls are
 * drawn again from those, so that a trace gives as many different episodes as there are seeds; service times are held
 * within the calibrated sizes as everywhere.
 */
export function traceWorkload(trace: readonly Invocation[], name: string): Workload {
  const starts = trace.map(({ endSeconds, durationSeconds }) => endSeconds - durationSeconds);
  const first = starts.reduce((least, start) => Math.min(least, start), Infinity);
  const last = starts.reduce((most, start) => Math.max(most, start), -Infinity);
  const steps = trace.length === 0 ? 1 : Math.max(1, Math.ceil((last - first + 1e-9) / STEP_SECONDS));
  const counts = new Array<number>(steps).fill(0);
  for (const start of starts) {
    const step = Math.min(steps - 1, Math.floor((start - first) / STEP_SECONDS));
    counts[step] = (counts[step] ?? 0) + 1;
  }
  const meanRate = Math.max(trace.length, 1) / (steps * STEP_SECONDS);
  const service = serviceOf(trace);
  const load = meanRate * service.meanSeconds;
  return {
    name,
    stepSeconds: STEP_SECONDS,
    steps,
    initialWorkers: Math.max(1, Math.ceil(1.2 * load)),
    minWorkers: 1,
    maxWorkers: Math.max(12, Math.ceil(5 * load)),
    startDelaySeconds: 5.5,
    baseRatePerSecond: meanRate,
    arrivals: 'poisson',
    phases: counts.map((count) => steady(count / STEP_SECONDS / meanRate, STEP_SECONDS)),
    service,
  };
}

/** A Gamma of the same mean and variance. */
function serviceOf(trace: readonly Invocation[]): Workload['service'] {
  const durations = trace.map(({ durationSeconds }) => durationSeconds).filter((duration) => duration > 0);
  if (durations.length === 0) return { shape: 1, meanSeconds: 1, noiseCv: 0 };
  const mean = durations.reduce((sum, duration) => sum + duration, 0) / durations.length;
  const variance = durations.reduce((sum, duration) => sum + (duration - mean) ** 2, 0) / durations.length;
  // Calls that all take the same time have no spread: a shape of 1000 is as good as none.
  const shape = variance > 0 ? Math.min(1000, (mean * mean) / variance) : 1000;
  return { shape, meanSeconds: mean, noiseCv: 0 };
}
