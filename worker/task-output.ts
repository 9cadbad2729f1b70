import type { JsonObject, TaskOutput } from './tasks/task-type.ts';

/** A summary is part of the Result's record: it must stay small beside the outputs. */
const LARGEST_SUMMARY_BYTES = 64 * 1024;

/** All outputs of a task together. A worker has 512 MiB, and they are in it twice while they are stored. */
const LARGEST_OUTPUTS_BYTES = 192 * 1024 * 1024;

/** Outputs are fetched at `/results/<task>/<name>`. */
const OUTPUT_NAME = /^[a-z][a-z0-9-]{0,63}$/;

/** A type and a subtype, with parameters: goes into a header as it is. */
const CONTENT_TYPE = /^[\w.+-]+\/[\w.+-]+(?:; ?[\w.+-]+=[\w.+-]+)*$/;

/** One output, ready to be stored. */
export interface NamedOutput {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export interface CheckedOutput {
  readonly summary: JsonObject;
  readonly outputs: readonly NamedOutput[];
}

/** A task type answered with what no Result can hold. */
export class UnfitOutput extends Error {
  override readonly name = 'UnfitOutput';
}

/**
 * Checks what `work()` answered with: it is somebody else's code, and the compiler has only seen some of it.
 * The bytes are copied, because they move to another thread and `work()` may keep its own for the next task.
 *
 * @throws UnfitOutput
 */
export function checkOutput(output: TaskOutput): CheckedOutput {
  if (!isObject(output)) throw new UnfitOutput('work() must answer with { summary, blobs }');
  return { summary: checkSummary(output.summary), outputs: checkBlobs(output.blobs) };
}

function checkSummary(summary: unknown): JsonObject {
  if (!isObject(summary) || Array.isArray(summary)) {
    throw new UnfitOutput('the summary must be an object');
  }
  const text = asJson(summary);
  const bytes = Buffer.byteLength(text);
  if (bytes > LARGEST_SUMMARY_BYTES) {
    throw new UnfitOutput(
      `the summary has ${String(bytes)} bytes of JSON; at most ${String(LARGEST_SUMMARY_BYTES)} fit: ` +
        'put what is larger into an output',
    );
  }
  return JSON.parse(text) as JsonObject;
}

function asJson(summary: object): string {
  try {
    return JSON.stringify(summary);
  } catch (error) {
    throw new UnfitOutput('the summary cannot be written as JSON', { cause: error });
  }
}

function checkBlobs(blobs: unknown): NamedOutput[] {
  if (!isObject(blobs)) throw new UnfitOutput('blobs must be an object of outputs by name');
  const outputs = Object.entries(blobs).map(([name, blob]) => checkBlob(name, blob));
  const bytes = outputs.reduce((sum, output) => sum + output.bytes.byteLength, 0);
  if (bytes > LARGEST_OUTPUTS_BYTES) {
    throw new UnfitOutput(
      `the outputs have ${String(bytes)} bytes together; at most ${String(LARGEST_OUTPUTS_BYTES)} are stored`,
    );
  }
  return outputs.map((output) => ({ ...output, bytes: Uint8Array.from(output.bytes) }));
}

function checkBlob(name: string, blob: unknown): NamedOutput {
  if (!OUTPUT_NAME.test(name)) {
    throw new UnfitOutput(
      `the output name ${JSON.stringify(name.slice(0, 64))} must be of a-z, 0-9 and -, and begin with a letter`,
    );
  }
  const { contentType, bytes } = (isObject(blob) ? blob : {}) as Readonly<Record<string, unknown>>;
  if (!(bytes instanceof Uint8Array)) {
    throw new UnfitOutput(`the bytes of the output ${name} must be a Uint8Array`);
  }
  if (typeof contentType !== 'string' || !CONTENT_TYPE.test(contentType)) {
    throw new UnfitOutput(`the contentType of the output ${name} must look like image/webp`);
  }
  return { name, contentType, bytes };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
