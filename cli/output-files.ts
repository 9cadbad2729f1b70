import { statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandError, EXIT } from './exit-codes.ts';
import type { FarmClient, ShownResult } from './farm-client.ts';

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'application/json': 'json',
};

/** What a farm calls an output. Anything else could lead out of the folder. */
const OUTPUT_NAME = /^[a-z][a-z0-9-]*$/;

/**
 * Looked at before anything is submitted: outputs that can be put nowhere are work done in vain.
 *
 * @throws CommandError where it is no folder
 */
export function checkOutputFolder(folder: string): void {
  const facts = statSync(folder, { throwIfNoEntry: false });
  if (facts !== undefined && !facts.isDirectory())
    throw new CommandError(`Expected a folder for --out; ${folder} is a file.`, EXIT.usage);
}

/**
 * Writes what became of a task into a folder: its outputs, and the Result itself as result.json.
 *
 * @returns the files, their paths below `folder`
 * @throws CommandError where the farm names an output as no farm does
 */
export async function saveOutputs(
  client: FarmClient,
  result: ShownResult,
  { folder, name }: { readonly folder: string; readonly name: string },
): Promise<readonly string[]> {
  const outputs = result.status === 'done' ? Object.entries(result.outputs) : [];
  const files = await Promise.all(
    outputs.map(async ([output, { contentType }]) => {
      if (!OUTPUT_NAME.test(output))
        throw new CommandError(
          `The farm names an output ${JSON.stringify(output)}, which no file may be called.`,
        );
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
