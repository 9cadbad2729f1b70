import { z } from 'zod';
import { badField, problemsOf, RequestRefused } from '../shared/io/request-refused.ts';
import { largestOptionsBytes } from '../shared/io/schemas/submission.ts';
import { isWorkloadName, workloadFor, workloadNames } from '../shared/workload/named-workloads.ts';
import type { Phase } from '../shared/workload/phase.ts';
import { expectedArrivals, scheduleSeconds } from '../shared/workload/schedule.ts';
import type { Load } from '../shared/workload/workload.ts';

/** A load holds all its arrivals in memory. */
const MOST_ARRIVALS = 1_000_000;
const LONGEST_SECONDS = 7 * 86_400;

const multiplier = z.number().min(0).max(10_000);

const phaseSchema = z
  .strictObject(
    {
      seconds: z.number().gt(0).max(LONGEST_SECONDS),
      multiplier: multiplier.optional(),
      midpoint: z.number().min(-10_000).max(10_000).optional(),
      amplitude: z.number().min(-10_000).max(10_000).optional(),
      cycles: z.number().min(0).max(100_000).optional(),
    },
    'must be a phase: {"seconds", "multiplier"}, or {"seconds", "midpoint", "amplitude", "cycles"}',
  )
  .transform((phase, context): Phase => {
    const { seconds, multiplier: steady, midpoint, amplitude, cycles } = phase;
    const swings = midpoint !== undefined && amplitude !== undefined && cycles !== undefined;
    const anySwing = midpoint !== undefined || amplitude !== undefined || cycles !== undefined;
    if (swings && steady === undefined) return { seconds, midpoint, amplitude, cycles };
    if (!anySwing && steady !== undefined) return { seconds, multiplier: steady };
    context.addIssue({
      code: 'custom',
      message: 'needs either multiplier, or midpoint, amplitude and cycles',
    });
    return z.NEVER;
  });

const serviceSchema = z.strictObject({
  shape: z.number().gt(0).max(1000).default(4),
  meanSeconds: z.number().gt(0).max(600).default(1.5),
  noiseCv: z.number().min(0).max(5).default(0),
});

const loadSpecSchema = z
  .strictObject(
    {
      workload: z.enum(workloadNames, `must be one of ${workloadNames.join(', ')}`).optional(),
      phases: z.array(phaseSchema).min(1).max(1000).optional(),
      baseRatePerSecond: z.number().gt(0).max(100_000).optional(),
      arrivals: z.enum(['poisson', 'counted']).optional(),
      service: serviceSchema.optional(),
      seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(1),
      /** A load at twice the speed has half the gaps and half the service times, so it keeps its workers as busy. */
      timeScale: z.number().min(0.01).max(100).default(1),
      type: z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be the name of a task type')
        .refine((type) => type !== 'image', 'must be a type that needs no input: a load carries no pictures')
        .default('calibrated'),
      options: z.record(z.string(), z.unknown()).optional(),
      deadlineFactor: z.number().gt(0).max(1000).default(1),
      lost: z.enum(['serve', 'discard']).default('serve'),
    },
    'must be an object with a workload, or with phases and baseRatePerSecond',
  )
  .superRefine((spec, context) => {
    const own = ['phases', 'baseRatePerSecond', 'arrivals', 'service'] as const;
    const complain = (field: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [field], message });
    };
    if (spec.workload !== undefined) {
      for (const field of own)
        if (spec[field] !== undefined) complain(field, 'belongs to the workload: leave it out');
    } else {
      if (spec.phases === undefined) complain('phases', 'is needed where no workload is named');
      if (spec.baseRatePerSecond === undefined) complain('baseRatePerSecond', 'is needed with phases');
    }
    if (spec.options !== undefined && spec.type === 'calibrated') {
      complain('options', 'of calibrated tasks are made from the load: leave them out');
    }
    if (JSON.stringify(spec.options ?? {}).length > largestOptionsBytes) complain('options', 'are too large');
  });

/** What a load is made of. The same spec makes the same tasks at the same times. */
export type LoadSpec = z.infer<typeof loadSpecSchema>;

/** @throws RequestRefused naming the field */
export function parseLoadSpec(value: unknown): LoadSpec {
  const parsed = loadSpecSchema.safeParse(value);
  if (!parsed.success) throw new RequestRefused(400, problemsOf(parsed.error));
  const load = loadOf(parsed.data);
  const seconds = scheduleSeconds(load);
  if (seconds > LONGEST_SECONDS) throw badField('phases', `may last ${String(LONGEST_SECONDS)} s in all`);
  if (expectedArrivals(load, 0, seconds) > MOST_ARRIVALS) {
    throw badField('baseRatePerSecond', `with these phases makes more than ${String(MOST_ARRIVALS)} tasks`);
  }
  return parsed.data;
}

/** The variable LOAD: the name of a workload, or the JSON that `POST /load` takes. */
export function parseLoadSetting(text: string): LoadSpec {
  if (isWorkloadName(text)) return parseLoadSpec({ workload: text });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badField('LOAD', `must be one of ${workloadNames.join(', ')}, or the JSON that POST /load takes`);
  }
  return parseLoadSpec(value);
}

/** How long the load lasts: to the end of its last phase. */
export function loadSeconds(spec: LoadSpec): number {
  return scheduleSeconds(loadOf(spec)) / spec.timeScale;
}

/** The load as it is drawn, before the time scale. */
export function loadOf(spec: LoadSpec): Load {
  if (spec.workload !== undefined) return workloadFor(spec.workload, spec.seed);
  return {
    phases: spec.phases ?? [],
    baseRatePerSecond: spec.baseRatePerSecond ?? 0,
    arrivals: spec.arrivals ?? 'poisson',
    service: spec.service ?? serviceSchema.parse({}),
  };
}
