import { closeSync, openSync, readFileSync } from 'node:fs';

/** Appends: several processes may write one log, a line at a time. */
export function withLogFile<T>(file: string, use: (descriptor: number) => T): T {
  const descriptor = openSync(file, 'a', 0o600);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The last lines of a log, JSON lines shortened to their message and the error that they tell of. */
export function lastLines(file: string, count = 8): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count);
  return lines.map((line) => `    ${readable(line)}`).join('\n');
}

function readable(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const { level, msg, err } = JSON.parse(line) as {
      readonly level?: string;
      readonly msg?: string;
      readonly err?: { readonly message?: string };
    };
    const error = err?.message === undefined || err.message === msg ? '' : `: ${err.message}`;
    return `${level ?? ''} ${msg ?? ''}${error}`.trim();
  } catch {
    return line;
  }
}
