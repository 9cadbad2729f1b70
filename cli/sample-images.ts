import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { RandomStream } from '../shared/workload/random-stream.ts';
import { sceneSvg } from './sample-scene.ts';

export const sampleFormats = ['jpeg', 'png', 'webp', 'avif', 'tiff'] as const;
export type SampleFormat = (typeof sampleFormats)[number];

export interface SamplePicture {
  readonly widthPixels: number;
  readonly heightPixels: number;
  readonly format?: SampleFormat;
  readonly seed?: number;
}

/** Side of the piece of grain that is laid over the picture again and again. */
const GRAIN_PIXELS = 256;

/**
 * A picture like a photograph to a codec: a landscape under fine grain. The same description makes the same
 * picture, so that nothing has to be downloaded or kept in the repository.
 */
export async function samplePicture(wanted: SamplePicture): Promise<Buffer> {
  const { widthPixels, heightPixels, format = 'jpeg', seed = 1 } = wanted;
  const stream = new RandomStream(seed, 'sample picture');
  const scene = sharp(Buffer.from(sceneSvg(stream, widthPixels, heightPixels))).removeAlpha();
  const grainSide = Math.min(GRAIN_PIXELS, widthPixels, heightPixels);
  const grain = await sharp(grainPixels(stream, grainSide), {
    raw: { width: grainSide, height: grainSide, channels: 4 },
  })
    .png()
    .toBuffer();
  // Made whole first: sharp would resize after it composites.
  const { data, info } = await scene.raw().toBuffer({ resolveWithObject: true });
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

/** Black and white specks, nearly transparent: grain that neither brightens nor darkens. */
function grainPixels(stream: RandomStream, side: number): Buffer {
  const pixels = Buffer.alloc(side * side * 4);
  for (let at = 0; at < pixels.length; at += 4) {
    pixels.fill(stream.unit() < 0.5 ? 0 : 255, at, at + 3);
    pixels[at + 3] = Math.floor(stream.unit() * 24);
  }
  return pixels;
}
