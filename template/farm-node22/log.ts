import { pino } from 'pino';

import type { Logger } from './contract.ts';
import type { LogLevel } from './settings.ts';

/** Longest string in a field, characters. */
const STRING_CHARACTERS = 8192;
/** Longest line, bytes: of-watchdog stops reading a child's output after a line of 64 KiB. */
const LINE_BYTES = 60 * 1024;
const LIST_ITEMS = 200;
const DEPTH = 6;

export interface LogOptions {
  readonly level: LogLevel;
  /** Fields of every line. */
  readonly base: Readonly<Record<string, string>>;
  /** Last look at each line, for taking secrets out. */
  readonly clean: (line: string) => string;
}

/** JSON lines on stdout, written before the call returns: the last words of a dying process are not lost. */
export function createLog({ level, base, clean }: LogOptions): Logger {
  const options = {
    level,
    base,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    // Errors are described below; pino's own serializer would describe the description.
    serializers: { err: (description: unknown) => description },
    hooks: { streamWrite: (line: string) => capLine(clean(line)) },
  };
  // Written from a thread, as pino does by default, the last lines before an exit come out of order.
  const out = pino(options, pino.destination({ fd: 1, sync: true }));
  const at = (write: 'debug' | 'info' | 'warn' | 'error') => (fields: object, message: string) => {
    if (out.isLevelEnabled(write)) out[write](capFields(fields), capString(message));
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function capFields(fields: object): object {
  return fields instanceof Error ? { err: describeError(fields, 0) } : (cap(fields, 0) as object);
}

function cap(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return capString(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return describeError(value, depth);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${String(value.byteLength)} bytes]`;
  if (depth >= DEPTH) return '[deeper]';
  if (Array.isArray(value)) return capList(value, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cap(inner, depth + 1)]));
}

function capList(list: readonly unknown[], depth: number): unknown[] {
  const shown = list.slice(0, LIST_ITEMS).map((item) => cap(item, depth + 1));
  return list.length > LIST_ITEMS ? [...shown, `[${String(list.length - LIST_ITEMS)} more]`] : shown;
}

function describeError(error: Error, depth: number): object {
  return {
    type: error.name,
    message: capString(error.message),
    stack: capString(error.stack ?? ''),
    ...('code' in error ? { code: error.code } : {}),
    ...(error.cause !== undefined && depth < DEPTH ? { cause: cap(error.cause, depth + 1) } : {}),
  };
}

function capString(text: string): string {
  if (text.length <= STRING_CHARACTERS) return text;
  return `${text.slice(0, STRING_CHARACTERS)}…[${String(text.length - STRING_CHARACTERS)} more characters]`;
}

/** Many long fields can still make a line too long: what is left of it goes into one field, and stays JSON. */
function capLine(line: string): string {
  if (line.length * 3 <= LINE_BYTES || Buffer.byteLength(line) <= LINE_BYTES) return line;
  const { level, time, msg } = JSON.parse(line) as Record<string, unknown>;
  const cut = line.slice(0, STRING_CHARACTERS);
  return `${JSON.stringify({ level, time, msg, cutBytes: Buffer.byteLength(line), cut })}\n`;
}
