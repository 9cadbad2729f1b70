import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import type { Phase } from '../../shared/workload/phase.ts';
import type { Workload } from '../../shared/workload/workload.ts';

/** A workload file that cannot be used: says which field, what it needs and what stands there. */
export class InvalidWorkloadFile extends Error {
  override readonly name = 'InvalidWorkloadFile';

  constructor(file: string, reason: string, options: ErrorOptions = {}) {
    super(`${file}: ${reason}`, options);
  }
}

const above0 = z.number().positive();
const from0 = z.number().nonnegative();
const whole = z.number().int().nonnegative();

const steadyPhase = z.strictObject({ seconds: above0, multiplier: from0 });

const oscillatingPhase = z.strictObject({
  seconds: above0,
  midpoint: z.number(),
  amplitude: z.number(),
  cycles: from0,
});

/** Which of the two a phase is meant to be shows in its fields; so its errors are about that one. */
const phase = z.unknown().transform((value, context): Phase => {
  const swings =
    typeof value === 'object' && value !== null && !('multiplier' in value) && 'midpoint' in value;
  const parsed = (swings ? oscillatingPhase : steadyPhase).safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    context.issues.push({ code: 'custom', input: value, path: issue.path, message: wordingOf(issue) });
  }
  return z.NEVER;
});

const workloadSchema = z.strictObject({
  name: z.string().min(1).max(200),
  stepSeconds: above0.max(3600),
  steps: z.number().int().positive().max(100_000),
  initialWorkers: whole.max(10_000),
  minWorkers: whole.max(10_000),
  maxWorkers: z.number().int().positive().max(10_000),
  startDelaySeconds: from0,
  baseRatePerSecond: above0.max(10_000),
  arrivals: z.enum(['poisson', 'counted']),
  phases: z.array(phase).min(1).max(10_000),
  service: z.strictObject({
    shape: above0,
    meanSeconds: above0,
    noiseCv: from0.max(10),
  }),
});

/**
 * Checks what a workload file holds. Its unit is in each field's name; `service` is described in
 * shared/workload/workload.ts.
 *
 * @param file what to call it in an error
 * @throws InvalidWorkloadFile
 */
export function parseWorkload(value: unknown, file: string): Workload {
  const parsed = workloadSchema.safeParse(value);
  if (!parsed.success) throw new InvalidWorkloadFile(file, reasonOf(parsed.error.issues));
  const { initialWorkers, minWorkers, maxWorkers } = parsed.data;
  if (minWorkers > maxWorkers) {
    throw new InvalidWorkloadFile(
      file,
      `minWorkers (${minWorkers}) must not exceed maxWorkers (${maxWorkers}).`,
    );
  }
  if (initialWorkers < minWorkers || initialWorkers > maxWorkers) {
    throw new InvalidWorkloadFile(
      file,
      `initialWorkers (${initialWorkers}) must be from minWorkers (${minWorkers}) to maxWorkers (${maxWorkers}).`,
    );
  }
  return parsed.data;
}

/** @throws InvalidWorkloadFile */
export function readWorkloadFile(path: string): Workload {
  const file = basename(path);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidWorkloadFile(path, `expected a JSON file that can be read; ${reason}`, { cause: error });
  }
  return parseWorkload(content, file);
}

/** The first few: whoever mends them sees the rest afterwards. */
function reasonOf(issues: readonly z.core.$ZodIssue[]): string {
  const shown = issues.slice(0, 3).map((issue) => {
    const field = issue.path
      .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
      .join('');
    return `${field.replace(/^\./, '') || 'the file'}: ${wordingOf(issue)}`;
  });
  return shown.join('; ');
}

function wordingOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return issue.message;
  return `unknown field ${issue.keys.join(', ')}; remove it or correct its name`;
}
