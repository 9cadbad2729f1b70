import { parse } from 'yaml';
import { z } from 'zod';
import type { Environment } from '../../shared/io/settings.ts';

/** A stack file that faas-cli would refuse, or read otherwise than it looks. */
export class InvalidStackFile extends Error {
  override readonly name = 'InvalidStackFile';
}

const TEXTS = z.record(z.string(), z.string()).default({});
const QUANTITIES = z.strictObject({ memory: z.string().optional(), cpu: z.string().optional() }).optional();

// Strict, because faas-cli passes over what it does not know: a slip of the pen would do nothing, silently.
const FUNCTION_SCHEMA = z.strictObject({
  lang: z.string(),
  handler: z.string(),
  image: z.string(),
  environment: TEXTS,
  secrets: z.array(z.string()).default([]),
  labels: TEXTS,
  annotations: TEXTS,
  limits: QUANTITIES,
  requests: QUANTITIES,
  readonly_root_filesystem: z.enum(['true', 'false']).default('false'),
  build_args: TEXTS,
});

const STACK_SCHEMA = z.strictObject({
  version: z.literal('1.0'),
  provider: z.strictObject({ name: z.literal('openfaas'), gateway: z.string() }),
  functions: z.record(z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/), FUNCTION_SCHEMA),
  configuration: z.strictObject({ copy: z.array(z.string()).default([]) }).default({ copy: [] }),
});

/** A stack file as faas-cli understands it; every value is the text that stands there. */
export type StackFile = Readonly<z.infer<typeof STACK_SCHEMA>>;
export type StackFunction = StackFile['functions'][string];

/**
 * Reads a stack file: fills in `${VARIABLE}` and `${VARIABLE:-default}` as faas-cli does, then parses.
 *
 * @throws InvalidStackFile naming the place
 */
export function readStackFile(text: string, environment: Environment): StackFile {
  // Values stay as they are written: to faas-cli, `1.50`, `08` and `true` are text as well.
  const content: unknown = parse(substitute(text, environment), { schema: 'failsafe' });
  const parsed = STACK_SCHEMA.safeParse(content);
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new InvalidStackFile(`The stack file cannot be used. ${complaints.join('; ')}.`);
}

const INNERMOST = /\$\{([A-Za-z_]\w*)(?::-([^${}]*))?\}/;

function substitute(text: string, environment: Environment): string {
  let filled = text;
  for (let found = INNERMOST.exec(filled); found !== null; found = INNERMOST.exec(filled)) {
    const [whole, name = '', byDefault = ''] = found;
    const value = environment[name];
    if (value?.includes('${') === true) {
      throw new InvalidStackFile(`Expected plain text in ${name}, not a further \${…}; got ${value}.`);
    }
    // Empty counts as unset.
    const replacement = value === undefined || value === '' ? byDefault : value;
    filled = filled.slice(0, found.index) + replacement + filled.slice(found.index + whole.length);
  }
  const left = filled.indexOf('${');
  if (left !== -1) {
    const line = filled.slice(0, left).split('\n').length;
    // faas-cli fails on these as well, also inside a comment.
    throw new InvalidStackFile(`Expected \${NAME} or \${NAME:-default} in line ${String(line)}.`);
  }
  return filled;
}
