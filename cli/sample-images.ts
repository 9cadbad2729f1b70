import sharp from 'sharp';
import type { Sharp, SharpOptions } from 'sharp';
import { RandomStream } from '../shared/workload/random-stream.ts';

export const sampleFormats = ['jpeg', 'png', 'webp', 'avif', 'tiff'] as const;
export type SampleFormat = (typeof sampleFormats)[number];

export interface SamplePicture {
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly format?: SampleFormat;
  readonly seed?: number;
}

/** Patches of colour, as many across as that: what a photograph has at a distance. */
const PATCHES = 12;
/** Side of the piece of grain that is laid over the picture again and again. */
const GRAIN_PIXELS = 256;

/**
 * A picture like a photograph to a codec: soft patches of colour under fine grain. The same description makes the same
 * picture, so that nothing has to be downloaded or kept in the repository.
 */
export async function samplePicture(wanted: SamplePicture): Promise<Buffer> {
  const { widthPixels, heightPixels, format = 'jpeg', seed = 1 } = wanted;
  const stream = new RandomStream(seed, 'sample picture');
  const patches = sharp(noise(stream, PATCHES * PATCHES * 3, 256), raw(PATCHES, 3)).resize(
    widthPixels,
    heightPixels,
    {
      fit: 'fill',
      kernel: 'cubic',
    },
  );
  const grainSide = Math.min(GRAIN_PIXELS, widthPixels, heightPixels);
  const grain = await sharp(grainPixels(stream, grainSide), raw(grainSide, 4)).png().toBuffer();
  // Made whole first: sharp would resize after it composites.
  const { data, info } = await patches.raw().toBuffer({ resolveWithObject: true });
  const picture = sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
    .composite([{ input: grain, tile: true }])
    .removeAlpha();
  return encode(picture, format);
}

function encode(picture: Sharp, format: SampleFormat): Promise<Buffer> {
  switch (format) {
    case 'jpeg':
      return picture.jpeg({ quality: 88 }).toBuffer();
    case 'png':
      return picture.png({ compressionLevel: 3 }).toBuffer();
    case 'webp':
      return picture.webp({ quality: 80, effort: 0 }).toBuffer();
    case 'avif':
      return picture.avif({ quality: 55, effort: 0 }).toBuffer();
    case 'tiff':
      return picture.tiff({ compression: 'lzw' }).toBuffer();
  }
}

function raw(side: number, channels: 3 | 4): SharpOptions {
  return { raw: { width: side, height: side, channels } };
}

function noise(stream: RandomStream, length: number, levels: number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.floor(stream.unit() * levels)));
}

/** Black and white specks, nearly transparent: grain that neither brightens nor darkens. */
function grainPixels(stream: RandomStream, side: number): Buffer {
  const pixels = Buffer.alloc(side * side * 4);
  for (let at = 0; at < pixels.length; at += 4) {
    pixels.fill(stream.unit() < 0.5 ? 0 : 255, at, at + 3);
    pixels[at + 3] = Math.floor(stream.unit() * 24);
  }
  return pixels;
}
