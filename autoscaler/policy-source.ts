import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FunctionContext } from '../template/farm-node22/contract.ts';

/** Where the content of a policy file comes from. */
export interface PolicySource {
  /** As the settings name it. */
  readonly label: string;
  /** Read anew at every call: a projected secret or ConfigMap is swapped in place. @throws UnreadablePolicy */
  read(): Promise<string>;
}

/** There is no policy file to be had. */
export class UnreadablePolicy extends Error {
  override readonly name = 'UnreadablePolicy';
}

const SECRET = 'secret:';
/** A larger file is not even read. In bytes; every character has at least one. */
const MOST_BYTES = 64_000_000;

/** @param folder what paths are relative to: the function's own */
export function policySource(label: string, folder: string, context: FunctionContext): PolicySource {
  if (label.startsWith(SECRET)) return secretSource(label, label.slice(SECRET.length), context);
  const path = resolve(folder, label);
  return { label, read: () => readRegularFile(path) };
}

/** Tells one content from another; a trailing newline makes no difference, since secrets lose theirs. */
export function versionOf(text: string): string {
  return createHash('sha256').update(text.trimEnd()).digest('hex').slice(0, 12);
}

function secretSource(label: string, name: string, context: FunctionContext): PolicySource {
  const read = (): string => {
    const text = context.secret(name);
    if (text === undefined) throw new UnreadablePolicy(`there is no secret ${name}, or it is empty`);
    return text;
  };
  return { label, read: () => Promise.resolve().then(read) };
}

async function readRegularFile(path: string): Promise<string> {
  const found = await tried(stat(path));
  if (!found.isFile()) throw new UnreadablePolicy(`${path} is no file`);
  if (found.size > MOST_BYTES) {
    throw new UnreadablePolicy(`at most ${String(MOST_BYTES)} bytes; ${path} has ${String(found.size)}`);
  }
  return tried(readFile(path, 'utf8'));
}

async function tried<Value>(reading: Promise<Value>): Promise<Value> {
  try {
    return await reading;
  } catch (error) {
    throw new UnreadablePolicy(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
