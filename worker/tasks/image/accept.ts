import { readPictureHeader, type InputFormat } from '../../../shared/farm/picture-header.ts';
import type { ImageOptions } from '../../../shared/farm/image-options.ts';
import { fullSizeOutputs, largestChannels, whyTooLarge } from '../../../shared/farm/picture-limits.ts';
import { InvalidInput } from '../task-type.ts';

/** Refuses what is no picture, or too large a one, by its header alone: no decoder has seen it yet. */
export function acceptedFormat(body: Buffer | undefined, options: ImageOptions): InputFormat {
  if (body === undefined) throw new InvalidInput('an image task needs a picture as its body, got none');
  const header = readPictureHeader(body);
  if (header.kind === 'refused') throw new InvalidInput(`the file ${header.reason}`);
  const reason = whyTooLarge(header, fullSizeOutputs(options));
  if (reason !== undefined) throw new InvalidInput(reason);
  return header.format;
}

/** What the decoder reads from the same header, in its words. */
interface DecoderHeader {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Type of a sample: `uchar`, `ushort`, … */
  readonly depth: string;
  readonly hasAlpha: boolean;
  readonly bitsPerSample?: number | undefined;
}

/** Asks again what the decoder found, because a header may lie, and because the decoder knows depth and alpha. */
export function acceptHeader(header: DecoderHeader, format: InputFormat, options: ImageOptions): void {
  if (header.channels > largestChannels) {
    throw new InvalidInput(
      `the picture has ${String(header.channels)} channels; at most ${String(largestChannels)} are accepted`,
    );
  }
  const facts = {
    format,
    widthPixels: header.width,
    heightPixels: header.height,
    bitsPerSample: Math.max(header.bitsPerSample ?? 8, bitsOf(header.depth)),
    hasAlpha: header.hasAlpha,
  };
  const reason = whyTooLarge(facts, fullSizeOutputs(options));
  if (reason !== undefined) throw new InvalidInput(reason);
}

/** Samples of 8 or 16 bits; wider ones exist in TIFF only, for measurements, and are no pictures to work on. */
function bitsOf(depth: string): number {
  if (depth === 'uchar') return 8;
  if (depth === 'ushort') return 16;
  throw new InvalidInput(`the picture's samples are of type ${depth}; 8 and 16 bits unsigned are accepted`);
}
