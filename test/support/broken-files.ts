import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { picture } from './pictures.ts';

export const jpeg = (): Promise<Buffer> => picture(96, 64).jpeg().toBuffer();
export const png = (): Promise<Buffer> => picture(96, 64).png().toBuffer();
export const webp = (): Promise<Buffer> => picture(96, 64).webp().toBuffer();
export const gif = (): Promise<Buffer> => picture(96, 64).gif().toBuffer();
export const tiff = (): Promise<Buffer> => picture(96, 64).tiff({ compression: 'lzw' }).toBuffer();
export const avif = (): Promise<Buffer> => picture(96, 64).avif({ effort: 0 }).toBuffer();

/** The first part of a file, as a broken connection leaves it. */
export async function cut(whole: Promise<Buffer>, share: number): Promise<Buffer> {
  const bytes = await whole;
  return bytes.subarray(0, Math.floor(bytes.length * share));
}

/** A file with some bytes overwritten. */
export async function overwritten(whole: Promise<Buffer>, at: number, ...values: number[]): Promise<Buffer> {
  const bytes = Buffer.from(await whole);
  bytes.set(values, at < 0 ? bytes.length + at : at);
  return bytes;
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** A PNG by hand: header as told, and whatever pixels. */
export function handmadePng(width: number, height: number, packed: Buffer, bitDepth = 8): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width >>> 0, 0);
  header.writeUInt32BE(height >>> 0, 4);
  header.set([bitDepth, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', packed),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/** 30 000 × 30 000 grey pixels, all black, in under a megabyte: 900 million once decoded. */
export function pngBomb(): Buffer {
  const rows = Buffer.alloc(30_001 * 1_000);
  return handmadePng(
    30_000,
    30_000,
    deflateSync(Buffer.concat(Array.from({ length: 30 }, () => rows)), { level: 9 }),
  );
}

/** A JPEG of a size that its header alone claims. */
export async function jpegClaiming(width: number, height: number): Promise<Buffer> {
  const bytes = Buffer.from(await jpeg());
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(height, frame + 5);
  bytes.writeUInt16BE(width, frame + 7);
  return bytes;
}

export function withSegment(file: Buffer, marker: number, payload: Buffer): Buffer {
  const segment = Buffer.alloc(4 + payload.length);
  segment.set([0xff, marker]);
  segment.writeUInt16BE(payload.length + 2, 2);
  payload.copy(segment, 4);
  return Buffer.concat([file.subarray(0, 2), segment, file.subarray(2)]);
}

export const exifSegment = async (tiffBytes: Buffer): Promise<Buffer> =>
  withSegment(await jpeg(), 0xe1, Buffer.concat([Buffer.from('Exif\0\0'), tiffBytes]));

/** A TIFF of one strip with its directory by hand; entries are [tag, type, value]. */
function handmadeTiff(entries: readonly (readonly [number, number, number])[]): Buffer {
  const bytes = Buffer.alloc(8 + 2 + entries.length * 12 + 4 + 64);
  bytes.write('II*\0', 'latin1');
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, type, value], index) => {
    const at = 10 + index * 12;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(type, at + 2);
    bytes.writeUInt32LE(1, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  });
  return bytes;
}

export const tiffOf = (width: number, height: number, samples: number, offset = 0): Buffer =>
  handmadeTiff([
    [256, 4, width],
    [257, 4, height],
    [258, 3, 8],
    [259, 3, 1],
    [262, 3, 1],
    [273, 4, offset],
    [277, 3, samples],
    [278, 4, height],
    [279, 4, Math.min(0xffffffff, width * height)],
  ]);

export const svg = (inside: string, before = ''): Buffer =>
  Buffer.from(`${before}<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">${inside}</svg>`);

export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
export const text = (words: string): Buffer => Buffer.from(words, 'latin1');
/** Three frames; to be written as GIF or WebP. */
export async function animation(): Promise<Sharp> {
  const frames = await Promise.all([1, 2, 3].map((seed) => picture(32, 32, seed).png().toBuffer()));
  return sharp(frames, { join: { animated: true } });
}
