import { z } from 'zod';

/** One variable that a program reads: its name, unit, default and what it is for. */
export interface Setting {
  readonly name: string;
  /** `` for text and switches. */
  readonly unit: string;
  readonly default: string;
  readonly meaning: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable holds what the program cannot use. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';
  constructor(variable: string, expected: string, found: string | undefined) {
    super(`${variable} ${expected}; found ${found === undefined ? 'nothing' : shown(found)}.`);
  }
}

/** Before the last @ of an address there may be a password. */
function shown(text: string): string {
  return JSON.stringify(text.replace(/^([a-z]*:?\/*).+@/is, '$1…@'));
}

/**
 * Reads variables from an environment by a schema whose keys are the variables' names.
 * Empty counts as unset, as `${VAR:-}` in a stack file makes it.
 *
 * @throws InvalidSetting naming the first variable that does not fit
 */
export function readSettings<Shape extends z.ZodRawShape>(
  shape: Shape,
  environment: Environment,
): Readonly<z.infer<z.ZodObject<Shape>>> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(shape)) {
    const value = environment[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  const parsed = z.object(shape).safeParse(given);
  if (parsed.success) return Object.freeze(parsed.data);
  const issue = parsed.error.issues[0];
  const variable = String(issue?.path[0] ?? 'The environment');
  throw new InvalidSetting(variable, issue?.message ?? 'is invalid', environment[variable]);
}

export interface Bounds {
  readonly least: number;
  readonly most: number;
}

export type NumberSchema = z.ZodDefault<z.ZodCoercedNumber>;

/** A number of something, within bounds. */
export function numberOf(unit: string, bounds: Bounds, byDefault: number): NumberSchema {
  const { least, most } = bounds;
  const expected = `must be a number of ${unit} from ${String(least)} to ${String(most)}`;
  return z.coerce.number(expected).min(least, expected).max(most, expected).default(byDefault);
}

/** A whole number of something, within bounds. */
export function wholeNumberOf(unit: string, bounds: Bounds, byDefault: number): NumberSchema {
  const { least, most } = bounds;
  const expected = `must be a whole number of ${unit} from ${String(least)} to ${String(most)}`;
  return z.coerce.number(expected).int(expected).min(least, expected).max(most, expected).default(byDefault);
}
