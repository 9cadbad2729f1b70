import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FarmClient, ShownResult } from './farm-client.ts';

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'application/json': 'json',
};

/**
 * Writes what became of a task into a folder: its outputs, and the Result itself as result.json.
 *
 * @returns the files, their paths below `folder`
 */
export async function saveOutputs(
  client: FarmClient,
  result: ShownResult,
  { folder, name }: { readonly folder: string; readonly name: string },
): Promise<readonly string[]> {
  const outputs = result.status === 'done' ? Object.entries(result.outputs) : [];
  const files = await Promise.all(
    outputs.map(async ([output, { contentType }]) => {
      const file = join(name, `${output}.${EXTENSIONS[contentType] ?? 'bin'}`);
      await save(join(folder, file), await client.output(result.task, output));
      return file;
    }),
  );
  await save(join(folder, name, 'result.json'), `${JSON.stringify(result, undefined, 2)}\n`);
  return [...files, join(name, 'result.json')];
}

async function save(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
