import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { SCHEMA_VERSION } from '../../farm/schema-version.ts';

const FOLDER = new URL('./scripts/', import.meta.url);
const INCLUDE = /^-- @include (\S+)\n/gm;
const COMMENT = /^\s*--.*\n/gm;

/** A Lua script of `scripts/`, with the parts that it includes. */
export interface Script {
  readonly name: string;
  readonly source: string;
  readonly sha: string;
}

const loaded = new Map<string, Script>();

/** Reads `scripts/<name>.lua` and puts `scripts/lib/<part>.lua` where it says `-- @include <part>`. */
export function script(name: string): Script {
  const known = loaded.get(name);
  if (known) return known;
  const source = withParts(readFileSync(new URL(`${name}.lua`, FOLDER), 'utf8'));
  const made = { name, source, sha: createHash('sha1').update(source).digest('hex') };
  loaded.set(name, made);
  return made;
}

/**
 * Puts the parts into the text of a script, and the number where it says SCHEMA_VERSION, which messages carry; tests of one part write a script around it. Redis makes all functions of a
 * script anew at each run, which costs as much as the commands: parts that are seldom needed are included in a function.
 */
export function withParts(text: string): string {
  const whole = text.replaceAll(INCLUDE, (_line, part: string) =>
    withParts(readFileSync(new URL(`lib/${part}.lua`, FOLDER), 'utf8')),
  );
  return whole.replaceAll(COMMENT, '').replaceAll('SCHEMA_VERSION', String(SCHEMA_VERSION));
}

/** What a Lua script replies: text, whole numbers, lists, and null for nothing. */
export type Reply = string | number | null | readonly Reply[];

/**
 * Runs one script on a farm's keys. All of them begin with the prefix and share its hash slot.
 * Redis forgets scripts when it restarts: then the whole text is sent once more.
 */
export async function runScript(
  redis: Redis,
  prefix: string,
  name: string,
  args: readonly (string | number)[],
): Promise<Reply> {
  const { sha, source } = script(name);
  try {
    return (await redis.evalsha(sha, 1, prefix, ...args)) as Reply;
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return (await redis.eval(source, 1, prefix, ...args)) as Reply;
  }
}
