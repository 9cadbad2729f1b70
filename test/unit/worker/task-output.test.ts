import { expect, test } from 'vitest';
import type { TaskOutput } from '../../../worker/tasks/task-type.ts';
import { UnfitOutput, checkOutput } from '../../../worker/task-output.ts';

const bytes = Uint8Array.of(1, 2, 3);

function output(parts: object): TaskOutput {
  return { summary: {}, blobs: {}, ...parts };
}

test('what a task type answers with is taken, with its bytes copied', () => {
  const thumbnail = { contentType: 'image/webp', bytes };
  const checked = checkOutput(output({ summary: { width: 1, none: undefined }, blobs: { thumbnail } }));
  expect(checked).toEqual({
    summary: { width: 1 },
    outputs: [{ name: 'thumbnail', contentType: 'image/webp', bytes }],
  });
  expect(checked.outputs[0]?.bytes.buffer).not.toBe(bytes.buffer);
});

const circle: Record<string, unknown> = {};
circle['circle'] = circle;

test.each([
  ['text', 'done', /must answer with \{ summary, blobs \}/],
  ['no summary', output({ summary: undefined }), /the summary must be an object/],
  ['a list as summary', output({ summary: [] }), /the summary must be an object/],
  ['a summary with a circle', output({ summary: circle }), /cannot be written as JSON/],
  ['a summary with a bigint', output({ summary: { big: 1n } }), /cannot be written as JSON/],
  [
    'a summary that is too large',
    output({ summary: { text: 'x'.repeat(65_536) } }),
    /65547 bytes .* at most 65536/,
  ],
  ['no blobs', output({ blobs: null }), /blobs must be an object/],
  [
    'an output name with a path',
    output({ blobs: { '../x': { contentType: 'a/b', bytes } } }),
    /"\.\.\/x" must be of/,
  ],
  [
    'an output without bytes',
    output({ blobs: { a: { contentType: 'a/b', bytes: 'text' } } }),
    /must be a Uint8Array/,
  ],
  ['an output of type nothing', output({ blobs: { a: { contentType: 'a\r\nb', bytes } } }), /must look like/],
])('%s is refused with what is wrong', (_name, given, said) => {
  const check = (): unknown => checkOutput(given as unknown as TaskOutput);
  expect(check).toThrow(UnfitOutput);
  expect(check).toThrow(said);
});
