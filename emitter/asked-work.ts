import type { ImageStage } from '../shared/farm/image-options.ts';
import { readPictureHeader } from '../shared/farm/picture-header.ts';
import { fullSizeOutputs, whyTooLarge } from '../shared/farm/picture-limits.ts';
import { RequestRefused, problemsOf } from '../shared/io/request-refused.ts';
import { calibratedOptionsSchema } from '../shared/io/schemas/calibrated-options.ts';
import { imageOptionsSchema } from '../shared/io/schemas/image-options.ts';
import { largestOptionsBytes } from '../shared/io/schemas/submission.ts';
import type { AskedTask } from '../shared/io/schemas/submission.ts';

/** What the expected service time of a task follows from. */
export type AskedWork =
  | { readonly kind: 'image'; readonly stages: readonly ImageStage[]; readonly pixels: number }
  /** A type whose options say how long it takes. */
  | { readonly kind: 'stated'; readonly seconds: number }
  /** A type that the door knows nothing of; pixels are absent where its input is no picture. */
  | { readonly kind: 'other'; readonly type: string; readonly pixels?: number };

/** A task with its input and what its work is. */
export interface Submission {
  readonly asked: AskedTask;
  readonly input?: Uint8Array;
  readonly options: string;
  readonly work: AskedWork;
}

/** How the caller wrote the fields, for messages that name them. */
export interface FieldNames {
  /** The task itself, such as `tasks[3]`; empty for a request that is one task. */
  readonly task: string;
  /** Its options, such as `tasks[3].options`. */
  readonly options: string;
}

/**
 * Checks the options and the input of a task as far as the door can, without decoding anything.
 *
 * @throws RequestRefused naming the fields
 */
export function checkWork(asked: AskedTask, input: Uint8Array | undefined, names: FieldNames): Submission {
  const options = optionsText(asked, names);
  return { asked, options, work: workOf(asked, input, names), ...(input === undefined ? {} : { input }) };
}

function workOf(asked: AskedTask, input: Uint8Array | undefined, names: FieldNames): AskedWork {
  if (asked.type === 'image') return imageWork(asked, input, names);
  if (asked.type === 'calibrated') return calibratedWork(asked, names);
  const header = input === undefined ? undefined : readPictureHeader(input);
  if (header?.kind !== 'picture') return { kind: 'other', type: asked.type };
  return { kind: 'other', type: asked.type, pixels: header.widthPixels * header.heightPixels };
}

function imageWork(asked: AskedTask, input: Uint8Array | undefined, names: FieldNames): AskedWork {
  const parsed = imageOptionsSchema.safeParse(asked.options);
  if (!parsed.success) throw new RequestRefused(400, problemsOf(parsed.error, names.options));
  if (input === undefined || input.byteLength === 0) {
    throw refusedInput(400, names, 'an image task needs a picture, got none');
  }
  const header = readPictureHeader(input);
  if (header.kind === 'refused') {
    throw refusedInput(header.format === undefined ? 415 : 422, names, `the file ${header.reason}`);
  }
  const reason = whyTooLarge(header, fullSizeOutputs(parsed.data));
  if (reason !== undefined) throw refusedInput(422, names, reason);
  const pixels = header.widthPixels * header.heightPixels;
  return { kind: 'image', stages: parsed.data.stages, pixels };
}

function calibratedWork(asked: AskedTask, names: FieldNames): AskedWork {
  const parsed = calibratedOptionsSchema.safeParse(asked.options);
  if (!parsed.success) throw new RequestRefused(400, problemsOf(parsed.error, names.options));
  const seconds = parsed.data.serviceSeconds ?? asked.expectedServiceSeconds;
  if (seconds !== undefined) return { kind: 'stated', seconds };
  const field = joined(names.options, 'serviceSeconds');
  throw new RequestRefused(400, [{ field, message: 'is needed: it is what a calibrated task waits' }]);
}

function optionsText({ options }: AskedTask, names: FieldNames): string {
  const field = names.options === '' ? 'options' : names.options;
  const text = jsonText(options);
  if (text === undefined) throw new RequestRefused(400, [{ field, message: 'are nested too deeply' }]);
  if (Buffer.byteLength(text) <= largestOptionsBytes) return text;
  const message = `may be ${String(largestOptionsBytes)} bytes of JSON at most`;
  throw new RequestRefused(400, [{ field, message }]);
}

function jsonText(value: object): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // Nesting that the parser bears can still exhaust the stack of the writer.
    return undefined;
  }
}

function refusedInput(status: number, { task }: FieldNames, message: string): RequestRefused {
  if (task === '') return new RequestRefused(status, [{ field: 'body', message }]);
  return new RequestRefused(400, [{ field: joined(task, 'input'), message }]);
}

function joined(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`;
}
