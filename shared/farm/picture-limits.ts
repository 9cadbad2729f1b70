import type { ImageOptions, OutputFormat } from './image-options.ts';
import type { InputFormat } from './picture-header.ts';

/** Pixels of an input picture, whatever its format. */
export const largestPicturePixels = 24_000_000;

/** Pixels along one side: the most that a WebP output can hold. */
export const largestSidePixels = 16_383;

/** Colour planes of an input: CMYK and alpha. A TIFF may claim thousands. */
export const largestChannels = 5;

/**
 * Bytes that a worker may spend on one picture: the 512 MiB that it is given, less about 150 MiB for the
 * process itself and a reserve for the input file and for what the allocator does not give back.
 */
export const pixelMemoryBytes = 320_000_000;

/**
 * Peak bytes per pixel while reading a format, the rotation upright included: measured at 24 million pixels
 * as the growth of the process, for the costliest variety of each (progressive, interlaced, with alpha).
 * AVIF and WebP decoders hold whole frames in several planes beside the result.
 */
const readingBytesPerPixel: Readonly<Record<InputFormat, number>> = {
  jpeg: 14,
  png: 12,
  webp: 19,
  gif: 14,
  tiff: 14,
  avif: 27,
};

/** The same while writing, the decoded pixels included; from three and from four channels. */
const writingBytesPerPixel: Readonly<
  Record<OutputFormat | 'webpHard' | 'pngPalette', readonly [number, number]>
> = {
  jpeg: [9, 12],
  png: [15, 18],
  pngPalette: [20, 21],
  webp: [19, 25],
  webpHard: [25, 44],
  avif: [43, 58],
};

/** What is known of a picture; what is absent is taken for the usual case: 8 bits, no transparency. */
export interface PictureFacts {
  readonly format: InputFormat;
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly bitsPerSample?: number;
  readonly hasAlpha?: boolean;
}

/** An output of the picture's full size. */
export interface FullSizeOutput {
  readonly format: OutputFormat;
  readonly effort?: number | undefined;
  readonly palette?: boolean | undefined;
}

/** The outputs that a task's options ask for in the picture's own size; a thumbnail is small by itself. */
export function fullSizeOutputs({ stages, compression, conversion }: ImageOptions): FullSizeOutput[] {
  return [
    ...(stages.includes('compression') ? [compression] : []),
    ...(stages.includes('conversion') ? [conversion] : []),
  ];
}

/** Why a picture is too large for a worker, or undefined where it is not. Sees no pixels, only their number. */
export function whyTooLarge(picture: PictureFacts, outputs: readonly FullSizeOutput[]): string | undefined {
  const { format, widthPixels, heightPixels } = picture;
  const pixels = widthPixels * heightPixels;
  const found = `the picture has ${String(widthPixels)}×${String(heightPixels)} pixels`;
  if (Math.max(widthPixels, heightPixels) > largestSidePixels) {
    return `${found}; at most ${String(largestSidePixels)} along a side are accepted`;
  }
  const fitting = Math.floor(pixelMemoryBytes / readingBytes(picture));
  const readable = Math.min(largestPicturePixels, fitting);
  if (pixels > readable) return `${found}; at most ${millions(readable)} are accepted as such a ${format}`;
  for (const output of outputs) {
    const writable = Math.floor(pixelMemoryBytes / writingBytes(picture, output));
    if (pixels > writable)
      return `${found}; at most ${millions(writable)} can be written as ${output.format}`;
  }
  return undefined;
}

function readingBytes({ format, bitsPerSample = 8 }: PictureFacts): number {
  const wide = format === 'avif' ? 1.25 : 1.75;
  return readingBytesPerPixel[format] * (bitsPerSample > 8 ? wide : 1);
}

function writingBytes({ hasAlpha = false }: PictureFacts, output: FullSizeOutput): number {
  const [opaque, transparent] = writingBytesPerPixel[costKind(output)];
  return hasAlpha ? transparent : opaque;
}

function costKind({
  format,
  effort = 0,
  palette = false,
}: FullSizeOutput): keyof typeof writingBytesPerPixel {
  if (format === 'webp' && effort > 0) return 'webpHard';
  return format === 'png' && palette ? 'pngPalette' : format;
}

function millions(pixels: number): string {
  return `${(pixels / 1e6).toFixed(1)} million`;
}
