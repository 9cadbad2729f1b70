import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file, with the folders that it lies in. */
export async function writeText(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** Absent figures are null: whoever reads a row finds every field. */
export function writeJson(file: string, document: unknown): Promise<void> {
  const text = JSON.stringify(document, (_, value: unknown) => (value === undefined ? null : value), 2);
  return writeText(file, `${text}\n`);
}
