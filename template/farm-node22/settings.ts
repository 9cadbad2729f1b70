import { basename, dirname, join, resolve } from 'node:path';

import { z } from 'zod';

/** What the process was started with, beside its environment. */
export interface Launch {
  /** Arguments after the script; the first one, where given, is the handler file. */
  readonly args: readonly string[];
  readonly pid: number;
  /** A relative handler path counts from here. */
  readonly workingFolder: string;
  /** The template's own folder, where `function/handler.ts` is looked for by default. */
  readonly templateFolder: string;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** The template's settings, checked and frozen. */
export interface Settings {
  readonly name: string;
  readonly instance: string;
  readonly handlerFile: string;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** True when only programs of this machine can reach the port, of-watchdog not counted among them. */
  readonly privateDoor: boolean;
  /** 0: no limit. */
  readonly maxInFlight: number;
  readonly maxBodyBytes: number;
  readonly maxBodiesBytes: number;
  readonly graceSeconds: number;
  readonly logLevel: LogLevel;
  readonly secretsFolder: string;
  readonly auth: 'on' | 'off';
  readonly authSecret: string;
  readonly stopWithParent: boolean;
}

/** A row of the table that README and stack file are compared with. */
export interface SettingRow {
  readonly name: string;
  readonly unit: string;
  /** As text; empty where there is none. */
  readonly default: string;
  readonly meaning: string;
}

/** Settings that cannot be used. One line for each variable: what was expected, what came. */
export class InvalidSettings extends Error {
  override readonly name = 'InvalidSettings';
}

const SECRET_NAME = /^[a-z0-9A-Z][-._a-zA-Z0-9]*$/;

function number(lowest: number, highest: number, form: RegExp, what: string) {
  const fits = (text: string): boolean =>
    form.test(text) && Number(text) >= lowest && Number(text) <= highest;
  return z
    .string()
    .refine(fits, `${what} from ${String(lowest)} to ${String(highest)}`)
    .transform(Number);
}

const wholeNumber = (lowest: number, highest: number) => number(lowest, highest, /^\d+$/, 'a whole number');
const decimal = (lowest: number, highest: number) =>
  number(lowest, highest, /^\d+(\.\d+)?$/, 'a decimal number');
const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, `one of ${values.join(', ')}`);

const schema = z.object({
  HOST: z.string().default('127.0.0.1').meta({
    unit: 'address',
    description: 'Address to listen on; the image sets 0.0.0.0',
  }),
  PORT: wholeNumber(0, 65535).default(8080).meta({
    unit: 'port',
    description: 'Port to listen on; 0 takes a free one, which the first log line names',
  }),
  http_port: wholeNumber(1, 65535).optional().meta({
    unit: 'port',
    description: 'Set where of-watchdog stands in front (the port of its upstream_url); wins over PORT',
  }),
  FUNCTION_HANDLER: z.string().optional().meta({
    unit: 'path',
    description:
      "The handler file; the first argument wins; without either, the template's function/handler.ts",
  }),
  OPENFAAS_NAME: z.string().optional().meta({
    unit: 'name',
    description: 'Name of the function, set by OpenFaaS Pro',
  }),
  FUNCTION_NAME: z.string().optional().meta({
    unit: 'name',
    description: "Name of the function where OPENFAAS_NAME is not set; else the name of the handler's folder",
  }),
  INSTANCE: z.string().optional().meta({
    unit: 'name',
    description: 'Name of this process; else HOSTNAME in a pod or container, else name and process id',
  }),
  LOG_LEVEL: oneOf('debug', 'info', 'warn', 'error').default('info').meta({
    unit: 'level',
    description: 'Least severe level that is logged: debug, info, warn or error',
  }),
  GRACE_SECONDS: decimal(0.1, 3600).default(25).meta({
    unit: 'seconds',
    description: "Time from the stop signal to the forced end; keep it below the platform's (30)",
  }),
  MAX_INFLIGHT: wholeNumber(0, 1_000_000).default(0).meta({
    unit: 'requests',
    description: 'Invocations answered at one time, more get 429; 0 sets no limit',
  }),
  MAX_BODY_BYTES: wholeNumber(1, 2 ** 31 - 1)
    .default(64 * 2 ** 20)
    .meta({ unit: 'bytes', description: 'Largest request body, more gets 413' }),
  MAX_BODIES_BYTES: wholeNumber(1, 2 ** 40)
    .default(128 * 2 ** 20)
    .meta({
      unit: 'bytes',
      description: 'Bodies held in memory at one time, more get 429; one of the largest always fits',
    }),
  SECRETS_DIR: z.string().default('/var/openfaas/secrets').meta({
    unit: 'path',
    description: 'Folder with one file for each secret',
  }),
  AUTH: oneOf('on', 'off').default('on').meta({
    unit: 'on or off',
    description: 'off opens the doors of a function that asks for a token; said in the log',
  }),
  AUTH_SECRET: z
    .string()
    .regex(SECRET_NAME, 'a file name of letters, digits, dot, dash and underscore')
    .default('farmhand-token')
    .meta({ unit: 'name', description: 'Secret that holds the bearer token' }),
  FARMHAND_STOP_WITH_PARENT: oneOf('0', '1').default('0').meta({
    unit: '0 or 1',
    description: 'With 1, the end of the IPC channel to the parent process acts as SIGTERM',
  }),
});

/** Every variable that the template reads, but for HOSTNAME and KUBERNETES_SERVICE_HOST, the platform's own. */
export const SETTINGS: readonly SettingRow[] = settingRows();

function settingRows(): SettingRow[] {
  const defaults: Readonly<Record<string, string | number | undefined>> = schema.parse({});
  return Object.entries(schema.shape).map(([name, field]) => {
    const meta = field.meta();
    const value = defaults[name];
    return {
      name,
      unit: String(meta?.['unit']),
      default: value === undefined ? '' : String(value),
      meaning: String(meta?.description),
    };
  });
}

/** Reads the template's settings from an environment. An empty value counts as not set, as in a stack file. */
export function readSettings(env: Readonly<Record<string, string | undefined>>, launch: Launch): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw new InvalidSettings(complaints(parsed.error, given));
  const values = parsed.data;
  const handlerFile = locateHandler(launch, values.FUNCTION_HANDLER);
  const name = values.OPENFAAS_NAME ?? values.FUNCTION_NAME ?? basename(dirname(handlerFile));
  return Object.freeze({
    name,
    instance: values.INSTANCE ?? podName(given, launch.pid) ?? `${name}-${String(launch.pid)}`,
    handlerFile,
    host: values.HOST,
    port: values.http_port ?? values.PORT,
    // The watchdog carries requests from anywhere to loopback.
    privateDoor: isLoopback(values.HOST) && values.http_port === undefined,
    maxInFlight: values.MAX_INFLIGHT,
    maxBodyBytes: values.MAX_BODY_BYTES,
    maxBodiesBytes: values.MAX_BODIES_BYTES,
    graceSeconds: values.GRACE_SECONDS,
    logLevel: values.LOG_LEVEL,
    secretsFolder: values.SECRETS_DIR,
    auth: values.AUTH,
    authSecret: values.AUTH_SECRET,
    stopWithParent: values.FARMHAND_STOP_WITH_PARENT === '1',
  });
}

/** Whether only this machine reaches that address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function locateHandler(launch: Launch, fromEnv: string | undefined): string {
  const chosen = launch.args[0] ?? fromEnv;
  if (chosen === undefined) return join(launch.templateFolder, 'function', 'handler.ts');
  return resolve(launch.workingFolder, chosen);
}

/** Many processes of one laptop share a HOSTNAME, so it is a name only inside a pod or as process 1. */
function podName(env: Readonly<Record<string, string | undefined>>, pid: number): string | undefined {
  return pid === 1 || env['KUBERNETES_SERVICE_HOST'] !== undefined ? env['HOSTNAME'] : undefined;
}

function complaints(error: z.ZodError, env: Readonly<Record<string, string | undefined>>): string {
  const lines = error.issues.map((issue) => {
    const variable = String(issue.path[0]);
    return `${variable}: expected ${issue.message}, got ${JSON.stringify(env[variable])}`;
  });
  return `Settings that cannot be used. ${lines.join('; ')}. Change them in the environment or in stack.yml.`;
}
