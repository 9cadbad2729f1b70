import { deflateSync, gzipSync } from 'node:zlib';
import {
  jpeg,
  png,
  webp,
  gif,
  tiff,
  avif,
  cut,
  overwritten,
  handmadePng,
  pngBomb,
  jpegClaiming,
  withSegment,
  exifSegment,
  tiffOf,
  svg,
  hex,
  text,
  animation,
} from './broken-files.ts';
import { picture, privateJpeg } from './pictures.ts';

/** Bytes that somebody may post as a picture. */
export interface BadInput {
  readonly name: string;
  readonly bytes: () => Promise<Buffer> | Buffer;
  /** `invalid`: a failed Result with its reason; `ok`: odd, but a picture, and worked on. */
  readonly expect: 'invalid' | 'ok';
  /** What the reason must say, or what makes it acceptable. */
  readonly reason: RegExp | string;
  /** Content type under which it comes, where that is part of the trick. */
  readonly contentType?: string;
}

type Case = readonly [name: string, reason: RegExp, bytes: BadInput['bytes'], contentType?: string];
type OddCase = readonly [name: string, note: string, bytes: BadInput['bytes']];

const notRead = /not a picture|is an? |is (SVG|HEIC|gzip|JPEG|Big)/;

const truncations: readonly Case[] = [
  ['a JPEG cut in its header', /broken or cut off|cannot be decoded/, () => cut(jpeg(), 0.03)],
  ['a JPEG cut in its tables', /broken or cut off|cannot be decoded/, () => cut(jpeg(), 0.2)],
  ['a JPEG cut in the middle', /cannot be decoded/, () => cut(jpeg(), 0.5)],
  ['a JPEG without its last tenth', /cannot be decoded/, () => cut(jpeg(), 0.9)],
  [
    'a progressive JPEG cut in the middle',
    /cannot be decoded/,
    () => cut(picture(96).jpeg({ progressive: true }).toBuffer(), 0.5),
  ],
  ['a PNG cut after its signature', /broken or cut off/, async () => (await png()).subarray(0, 8)],
  ['a PNG cut in the middle', /cannot be decoded/, () => cut(png(), 0.5)],
  ['a PNG without its last tenth', /cannot be decoded/, () => cut(png(), 0.9)],
  ['a WebP cut after its header', /cannot be decoded/, async () => (await webp()).subarray(0, 40)],
  ['a WebP cut in the middle', /cannot be decoded/, () => cut(webp(), 0.5)],
  ['a GIF of a header only', /broken|cannot be decoded/, async () => (await gif()).subarray(0, 13)],
  ['a GIF cut in the middle', /cannot be decoded/, () => cut(gif(), 0.5)],
  ['a TIFF cut in the middle', /broken|cannot be decoded/, () => cut(tiff(), 0.5)],
  ['an AVIF cut in the middle', /cannot be decoded/, () => cut(avif(), 0.5)],
  ['an AVIF of its brand only', /broken or cut off/, async () => (await avif()).subarray(0, 32)],
];

const notPictures: readonly Case[] = [
  ['no bytes at all', /empty/, () => Buffer.alloc(0)],
  ['one byte', notRead, () => hex('ff')],
  ['a kilobyte of zeros', notRead, () => Buffer.alloc(1024)],
  ['plain text', notRead, () => text('just some words\n'), 'image/jpeg'],
  [
    'a web page called a JPEG',
    /web page/,
    () => text('<!DOCTYPE html><html><body>404</body></html>'),
    'image/jpeg',
  ],
  ['JSON called a picture', notRead, () => text('{"image": true}'), 'image/png'],
  ['a PDF', /PDF/, () => text('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n')],
  ['a BMP', /BMP/, () => hex('424d3a0000000000000036000000280000000100000001000000010018000000000004000000')],
  ['an icon', /icon/, () => hex('00000100010010100000010020006804000016000000')],
  ['HEIC, whose codec is not there', /HEIC/, () => hex('00000018667479706865696300000000686569636d696631')],
  ['an MP4 film', /HEIC or a video/, () => hex('00000018667479706d703432000000006d7034326d703431')],
  ['a zip archive', /zip/, () => hex('504b0304140000000800')],
  ['gzip around a gigabyte of zeros', /gzip/, () => gzipSync(gzipSync(Buffer.alloc(10_000_000)))],
  ['a PostScript program', notRead, () => text('%!PS-Adobe-3.0\n(%pipe%id) (r) file\n')],
  [
    'an ImageMagick script',
    notRead,
    () => text('push graphic-context\nfill \'url(https://127.0.0.1/"|id")\'\n'),
  ],
  ['an SVG that reads a file', /SVG/, () => svg('<image href="file:///etc/passwd" width="64" height="64"/>')],
  [
    'an SVG that calls a server',
    /SVG/,
    () => svg('<image href="http://127.0.0.1:1/x.png" width="9" height="9"/>'),
  ],
  [
    'an SVG with an external entity',
    /SVG/,
    () =>
      svg(
        '<text>&x;</text>',
        '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
      ),
  ],
  ['an SVG behind white space and a byte order mark', /SVG/, () => svg('<rect/>', '\ufeff \n')],
  ['an SVG called a PNG', /SVG/, () => svg('<rect width="9" height="9"/>'), 'image/png'],
  ['JPEG 2000', /JPEG 2000/, () => hex('0000000c6a5020200d0a870a')],
];

const bombsAndLies: readonly Case[] = [
  ['a PNG bomb of 30 000 × 30 000', /30000×30000 pixels; at most/, pngBomb],
  [
    'a PNG of 2³¹−1 pixels a side',
    /at most/,
    () => handmadePng(0x7fffffff, 0x7fffffff, deflateSync(Buffer.alloc(9))),
  ],
  ['a PNG of a negative side', /at most/, () => handmadePng(-1, 16, deflateSync(Buffer.alloc(272)))],
  [
    'a PNG 20 000 000 pixels wide and 1 high',
    /along a side/,
    () => handmadePng(20_000_000, 1, deflateSync(Buffer.alloc(9))),
  ],
  ['a PNG of 0 × 0', /nothing to work on/, () => handmadePng(0, 0, deflateSync(Buffer.alloc(1)))],
  [
    'a PNG of a bit depth that does not exist',
    /cannot be decoded/,
    () => handmadePng(4, 4, deflateSync(Buffer.alloc(20)), 7),
  ],
  [
    'a PNG with fewer pixels than it claims',
    /cannot be decoded/,
    () => handmadePng(900, 900, deflateSync(Buffer.alloc(901))),
  ],
  [
    'a PNG whose pixels are not deflated',
    /cannot be decoded/,
    () => handmadePng(9, 9, text('this is not zlib at all')),
  ],
  [
    'a PNG with a wrong checksum in its header',
    /cannot be decoded/,
    () => overwritten(png(), 29, 1, 2, 3, 4),
  ],
  ['a JPEG that claims 65 535 × 65 535', /at most/, () => jpegClaiming(65_535, 65_535)],
  ['a JPEG that claims 4 000 × 4 000', /cannot be decoded/, () => jpegClaiming(4_000, 4_000)],
  ['a JPEG of no width', /nothing to work on/, () => jpegClaiming(0, 64)],
  ['a JPEG with nothing between start and end', /broken or cut off/, () => hex('ffd8ffd9')],
  [
    'a JPEG of fill bytes only',
    /broken or cut off/,
    () => overwritten(jpeg(), 2, ...Array<number>(500).fill(0xff)),
  ],
  [
    'a JPEG with noise among its pixels',
    /cannot be decoded/,
    async () =>
      overwritten(
        jpeg(),
        Math.floor((await jpeg()).length / 2),
        ...Array.from({ length: 99 }, (_, at) => (at * 89) & 0xff),
      ),
  ],
  ['a GIF that claims 65 535 × 65 535', /at most/, () => overwritten(gif(), 6, 0xff, 0xff, 0xff, 0xff)],
  ['a GIF of 0 × 0', /nothing to work on/, () => overwritten(gif(), 6, 0, 0, 0, 0)],
  [
    'a WebP whose chunks are noise',
    /broken or cut off|cannot/,
    () => overwritten(webp(), 12, 1, 2, 3, 4, 5, 6, 7, 8),
  ],
  ['a TIFF whose directory lies beyond its end', /broken or cut off/, () => hex('49492a00ffffff7f')],
  [
    'a TIFF whose directory points at itself',
    /cannot be decoded|broken/,
    () => hex('49492a0008000000010000010400010000000800000008000000'),
  ],
  ['a TIFF of 100 000 × 100 000', /at most/, () => tiffOf(100_000, 100_000, 1)],
  ['a TIFF of 4 000 channels', /cannot be decoded|channels/, () => tiffOf(512, 512, 4_000)],
  ['a TIFF whose pixels lie beyond its end', /cannot be decoded/, () => tiffOf(64, 64, 1, 1_000_000)],
  [
    'an AVIF with broken boxes',
    /cannot|broken/,
    () => overwritten(avif(), 40, ...Array<number>(60).fill(0xee)),
  ],
];

const oddButGood: readonly OddCase[] = [
  ['one pixel', 'the smallest picture', () => picture(1).jpeg().toBuffer()],
  ['a line of 16 000 × 1 pixels', 'extreme, but allowed', () => picture(16_000, 1).png().toBuffer()],
  ['a line of 1 × 16 000 pixels', 'extreme, but allowed', () => picture(1, 16_000).png().toBuffer()],
  ['a CMYK JPEG', 'converted', () => picture(64).toColourspace('cmyk').jpeg().toBuffer()],
  ['a greyscale JPEG', 'one channel', () => picture(64).greyscale().jpeg().toBuffer()],
  [
    'a greyscale PNG with alpha',
    'two channels',
    () => picture(64).greyscale().ensureAlpha(0.5).png().toBuffer(),
  ],
  ['a 16-bit PNG', 'reduced to 8 bits', () => picture(64).toColourspace('rgb16').png().toBuffer()],
  ['a 16-bit greyscale PNG', 'reduced', () => picture(64).toColourspace('grey16').png().toBuffer()],
  ['a palette PNG', 'looked up', () => picture(64).png({ palette: true, colours: 8 }).toBuffer()],
  ['a one-bit PNG', 'widened', () => handmadePng(16, 16, deflateSync(Buffer.alloc(48)), 1)],
  ['a transparent PNG', 'white behind it in JPEG', () => picture(64).ensureAlpha(0).png().toBuffer()],
  ['an interlaced PNG', 'decoded whole', () => picture(64).png({ progressive: true }).toBuffer()],
  ['a progressive JPEG', 'decoded whole', () => picture(64).jpeg({ progressive: true }).toBuffer()],
  ['an animated GIF', 'its first frame', () => animation().then((frames) => frames.gif().toBuffer())],
  ['an animated WebP', 'its first frame', () => animation().then((frames) => frames.webp().toBuffer())],
  ['a TIFF of 16 bits', 'reduced', () => picture(64).toColourspace('rgb16').tiff().toBuffer()],
  ['a lossless AVIF with alpha', 'read', () => picture(64).ensureAlpha(0.5).avif({ effort: 0 }).toBuffer()],
  [
    'a JPEG with broken EXIF',
    'EXIF is not needed',
    () => exifSegment(text('II*\0garbage that is no directory')),
  ],
  ['a JPEG whose EXIF points beyond its end', 'tolerated', () => exifSegment(hex('49492a00ffffff0f'))],
  [
    'a JPEG whose EXIF points at itself',
    'read once',
    () => exifSegment(hex('49492a000800000001006987040001000000080000000800 0000')),
  ],
  [
    'a JPEG of orientation 99',
    'taken as upright',
    () => exifSegment(hex('49492a000800000001001201030001000000630000000000 0000')),
  ],
  [
    'a JPEG with the largest EXIF',
    '64 KB of it',
    () => exifSegment(Buffer.concat([hex('49492a0008000000'), Buffer.alloc(65_000, 7)])),
  ],
  [
    'a JPEG with a broken colour profile',
    'taken as sRGB',
    async () => withSegment(await jpeg(), 0xe2, text('ICC_PROFILE\0\x01\x01no profile at all')),
  ],
  ['a JPEG with private EXIF', 'removed', () => privateJpeg()],
  [
    'a JPEG with garbage after its end',
    'ignored',
    async () => Buffer.concat([await jpeg(), text('<script>alert(1)</script>')]),
  ],
  [
    'a JPEG that is a zip archive as well',
    'only the JPEG is read',
    async () => Buffer.concat([await jpeg(), hex('504b0304140000000800504b0506'), Buffer.alloc(18)]),
  ],
  [
    'a JPEG with a comment of HTML',
    'removed',
    async () => withSegment(await jpeg(), 0xfe, text('<html><script>')),
  ],
];

/** Every case, each with what must become of it. */
export const badInputs: readonly BadInput[] = [
  ...[...truncations, ...notPictures, ...bombsAndLies].map(
    ([name, reason, bytes, contentType]): BadInput => ({
      name,
      reason,
      bytes,
      expect: 'invalid',
      ...(contentType === undefined ? {} : { contentType }),
    }),
  ),
  ...oddButGood.map(([name, reason, bytes]): BadInput => ({ name, reason, bytes, expect: 'ok' })),
];
