import { z } from 'zod';
import {
  imageStages,
  outputFormats,
  thumbnailFits,
  type Encoding,
  type ImageOptions,
  type OutputFormat,
} from '../../farm/image-options.ts';

/** Larger than this is a picture, not a thumbnail; the bound keeps a worker's memory predictable. */
export const largestThumbnailSidePixels = 1024;

/** Efforts that the encoders take. JPEG has none: the slow JPEG encoder costs forty times the fast one. */
const effortRange: Readonly<Record<OutputFormat, readonly [number, number] | undefined>> = {
  jpeg: undefined,
  webp: [0, 6],
  avif: [0, 9],
  png: [1, 10],
};

const quality = z.number().int().min(1).max(100).default(85);
const format = z.enum(outputFormats).default('jpeg');
const side = z.number().int().min(1).max(largestThumbnailSidePixels).default(128);

const thumbnailSchema = z.strictObject({
  width: side,
  height: side,
  fit: z.enum(thumbnailFits).default('cover'),
  format,
  quality,
});

const encodingSchema = z
  .strictObject({ format, quality, effort: z.number().int().optional(), palette: z.boolean().optional() })
  .superRefine(refuseWhatTheFormatLacks);

/** Options of an `image` task. Unknown keys are errors; what is left out gets its default. */
export const imageOptionsSchema = z.strictObject({
  stages: z
    .array(z.enum(imageStages))
    .min(1)
    .max(imageStages.length)
    .refine((stages) => new Set(stages).size === stages.length, { error: 'each stage at most once' })
    .default([...imageStages]),
  thumbnail: thumbnailSchema.prefault({}),
  compression: encodingSchema.prefault({}),
  conversion: encodingSchema.prefault({}),
}) satisfies z.ZodType<ImageOptions>;

function refuseWhatTheFormatLacks(encoding: Encoding, context: z.RefinementCtx): void {
  const { format: chosen, effort, palette } = encoding;
  if (palette !== undefined && chosen !== 'png') {
    context.addIssue({ code: 'custom', path: ['palette'], message: `palette is for png, not for ${chosen}` });
  }
  if (effort === undefined) return;
  if (chosen === 'png' && palette !== true) {
    context.addIssue({
      code: 'custom',
      path: ['effort'],
      message: 'effort of png is for choosing a palette: set palette',
    });
  }
  const range = effortRange[chosen];
  if (range === undefined) {
    context.addIssue({
      code: 'custom',
      path: ['effort'],
      message: `${chosen} takes no effort: leave it out`,
    });
  } else if (effort < range[0] || effort > range[1]) {
    const message = `effort of ${chosen} must be ${String(range[0])} to ${String(range[1])}, got ${String(effort)}`;
    context.addIssue({ code: 'custom', path: ['effort'], message });
  }
}

/**
 * Options given as flat text (query or headers) in the shape that the schema reads: `stages` is a comma list,
 * a dot goes one level down (`compression.quality=70`), so that an error's path is the parameter's own name.
 * Checks nothing: the schema does, and refuses the names that it does not know.
 */
export function imageOptionsFromText(parameters: Iterable<readonly [string, string]>): unknown {
  const nested = new Map<string, Map<string, unknown>>();
  const flat = new Map<string, unknown>();
  for (const [name, text] of parameters) {
    const dot = name.indexOf('.');
    if (name === 'stages')
      flat.set(
        name,
        text.split(',').map((stage) => stage.trim()),
      );
    else if (dot < 0) flat.set(name, valueOf(text));
    else {
      const group = nested.get(name.slice(0, dot)) ?? new Map<string, unknown>();
      nested.set(name.slice(0, dot), group.set(name.slice(dot + 1), valueOf(text)));
    }
  }
  for (const [name, group] of nested) flat.set(name, Object.fromEntries(group));
  return Object.fromEntries(flat);
}

function valueOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
