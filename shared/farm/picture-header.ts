/**
 * What the first bytes of a file say about the picture in it: format and size, without decoding anything.
 * The door uses it to expect a service time and to refuse what is no picture; a worker, to refuse a bomb
 * before a decoder sees it. A header may lie: only the decoder's word is final.
 */

/** Formats that the farm reads. SVG is not among them: its renderer follows references to other files. */
export const inputFormats = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const;
export type InputFormat = (typeof inputFormats)[number];

export type PictureHeader =
  | {
      readonly kind: 'picture';
      readonly format: InputFormat;
      readonly widthPixels: number;
      readonly heightPixels: number;
    }
  /** `reason` completes the sentence "the file …"; the format is there where the file begins like one that is read. */
  | { readonly kind: 'refused'; readonly reason: string; readonly format?: InputFormat };

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Reads format and size (as stored, before any rotation) from the start of a file. */
export function readPictureHeader(bytes: Uint8Array): PictureHeader {
  if (bytes.length === 0) return { kind: 'refused', reason: 'is empty' };
  const format = formatOf(bytes);
  if (format === undefined) return { kind: 'refused', reason: whyNotRead(bytes) };
  const size = sizeReaders[format](bytes, viewOf(bytes));
  if (size === undefined)
    return { kind: 'refused', format, reason: `begins like ${format}, but its header is broken or cut off` };
  const { width, height } = size;
  if (width === 0 || height === 0) {
    return {
      kind: 'refused',
      format,
      reason: `is a ${format} of ${String(width)}×${String(height)} pixels: nothing to work on`,
    };
  }
  return { kind: 'picture', format, widthPixels: width, heightPixels: height };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function textAt(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}

function formatOf(bytes: Uint8Array): InputFormat | undefined {
  const start = textAt(bytes, 0, 12);
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'png';
  if (start.startsWith('GIF87a') || start.startsWith('GIF89a')) return 'gif';
  if (start.startsWith('RIFF') && start.slice(8) === 'WEBP') return 'webp';
  if (start.startsWith('II*\0') || start.startsWith('MM\0*')) return 'tiff';
  if (start.slice(4, 8) === 'ftyp' && brandsOf(bytes).some((brand) => brand === 'avif' || brand === 'avis'))
    return 'avif';
  return undefined;
}

/** Brands of an ISO media file: the major one, then the compatible ones. */
function brandsOf(bytes: Uint8Array): string[] {
  const end = Math.min(bytes.length, viewOf(bytes).getUint32(0), 256);
  const brands = [textAt(bytes, 8, 4)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(textAt(bytes, at, 4));
  return brands;
}

const knownStarts: readonly (readonly [RegExp, string])[] = [
  [
    /^[\s\ufeff\u00ef\u00bb\u00bf]*<(\?xml|!--|!DOCTYPE svg|svg)/i,
    'is SVG or XML, which may point at other files and is not read',
  ],
  [/^[\s\u00ef\u00bb\u00bf]*<(!doctype|html)/i, 'is a web page'],
  [/^%PDF/, 'is a PDF'],
  [/^BM/, 'is a BMP'],
  [/^\0\0[\x01\x02]\0/, 'is an icon'],
  [/^PK\x03\x04/, 'is a zip archive'],
  [/^\x1f\x8b/, 'is gzip'],
  [/^....ftyp/s, 'is HEIC or a video: of that family only AVIF is read'],
  [/^\0\0\0\x0cjP/, 'is JPEG 2000'],
  [/^(\xff\x0a|\0\0\0\x0cJXL)/, 'is JPEG XL'],
  [/^8BPS/, 'is a Photoshop file'],
  [/^(II\+\0|MM\0\+)/, 'is BigTIFF'],
];

function whyNotRead(bytes: Uint8Array): string {
  const start = textAt(bytes, 0, 64);
  const known = knownStarts.find(([pattern]) => pattern.test(start));
  return `${known?.[1] ?? 'is not a picture'} (read are ${inputFormats.join(', ')})`;
}

type SizeReader = (bytes: Uint8Array, view: DataView) => Size | undefined;

const sizeReaders: Readonly<Record<InputFormat, SizeReader>> = {
  jpeg: jpegSize,
  png: pngSize,
  webp: webpSize,
  gif: (_bytes, view) =>
    view.byteLength < 10 ? undefined : { width: view.getUint16(6, true), height: view.getUint16(8, true) },
  tiff: tiffSize,
  avif: avifSize,
};

/** Start of a frame: C0 to CF but C4, C8 and CC, which are tables. */
function isFrameMarker(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** The size is in the first start-of-frame segment. */
function jpegSize(bytes: Uint8Array, view: DataView): Size | undefined {
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (isFrameMarker(marker)) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    if (marker === 0xda || marker === 0xd9) return undefined;
    const standsAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    at += standsAlone ? 2 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

function pngSize(bytes: Uint8Array, view: DataView): Size | undefined {
  if (view.byteLength < 26 || textAt(bytes, 12, 4) !== 'IHDR') return undefined;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function webpSize(bytes: Uint8Array, view: DataView): Size | undefined {
  if (view.byteLength < 30) return undefined;
  const chunk = textAt(bytes, 12, 4);
  if (chunk === 'VP8X') {
    const width = (view.getUint32(24, true) & 0xffffff) + 1;
    return { width, height: (view.getUint32(26, true) >>> 8) + 1 };
  }
  if (chunk === 'VP8 ') {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  if (chunk !== 'VP8L') return undefined;
  const packed = view.getUint32(21, true);
  return { width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1 };
}

/** Width is tag 256, height 257, in the first directory; a value of type 3 has 16 bits, of type 4 has 32. */
function tiffSize(bytes: Uint8Array, view: DataView): Size | undefined {
  const little = bytes[0] === 0x49;
  if (view.byteLength < 8) return undefined;
  const directory = view.getUint32(4, little);
  if (directory + 2 > view.byteLength) return undefined;
  const entries = view.getUint16(directory, little);
  const found = new Map<number, number>();
  for (let entry = 0; entry < entries; entry += 1) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > view.byteLength) break;
    const isShort = view.getUint16(at + 2, little) === 3;
    found.set(
      view.getUint16(at, little),
      isShort ? view.getUint16(at + 8, little) : view.getUint32(at + 8, little),
    );
  }
  const [width, height] = [found.get(256), found.get(257)];
  return width === undefined || height === undefined ? undefined : { width, height };
}

/** How far into an AVIF the size may stand: the properties precede the pixels, behind at most some EXIF. */
const avifSearchBytes = 65_536;

/** The largest `ispe` property: a picture made of tiles has one for a tile and one for the whole. */
function avifSize(bytes: Uint8Array, view: DataView): Size | undefined {
  let largest: Size | undefined;
  const end = Math.min(bytes.length, avifSearchBytes) - 16;
  for (let at = 0; at <= end; at += 1) {
    if (view.getUint32(at) !== 0x69737065) continue;
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
    if (largest === undefined || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}
