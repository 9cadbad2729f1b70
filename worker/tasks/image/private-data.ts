/** What a file may say about its maker beside the pixels. None of it reaches an output. */
export type PrivateGroup =
  | 'camera'
  | 'capture'
  | 'gps'
  | 'makerNote'
  | 'embeddedThumbnail'
  | 'unreadableExif'
  | 'xmp'
  | 'iptc'
  | 'comments';

/** The parts of a picture file that may hold private data, as the decoder hands them over. */
export interface Attachments {
  readonly exif?: Uint8Array | undefined;
  readonly xmp?: Uint8Array | undefined;
  readonly iptc?: Uint8Array | undefined;
  readonly comments?: readonly unknown[] | undefined;
}

/** Names the groups of private data in a file, never their values: a Result must not leak what was removed. */
export function privateGroupsOf(attachments: Attachments): PrivateGroup[] {
  const groups = attachments.exif === undefined ? [] : exifGroups(attachments.exif);
  if ((attachments.xmp?.length ?? 0) > 0) groups.push('xmp');
  if ((attachments.iptc?.length ?? 0) > 0) groups.push('iptc');
  if ((attachments.comments?.length ?? 0) > 0) groups.push('comments');
  return groups;
}

const tag = { orientation: 0x0112, exif: 0x8769, gps: 0x8825, makerNote: 0x927c } as const;

/** Tags of the first directory that describe the pixels only; decoders also make some of them up. */
const harmlessTags = new Set<number>([tag.orientation, tag.exif, tag.gps, 0x011a, 0x011b, 0x0128, 0x0213]);

/** Tags of the EXIF directory that say nothing about anybody: version, component order, colour space, size. */
const harmlessExifTags = new Set<number>([0x9000, 0x9101, 0xa000, 0xa001, 0xa002, 0xa003, 0xa005]);

/** EXIF is a TIFF in miniature: directories of 12-byte entries. A broken one yields what can be read. */
function exifGroups(exif: Uint8Array): PrivateGroup[] {
  const tiff = hasPrefix(exif) ? exif.subarray(6) : exif;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const order = view.byteLength >= 8 ? view.getUint16(0) : 0;
  if (order !== 0x4949 && order !== 0x4d4d) return ['unreadableExif'];
  const little = order === 0x4949;
  const main = readDirectory(view, view.getUint32(4, little), little);
  if (main === undefined) return ['unreadableExif'];
  const exifAt = main.entries.get(tag.exif);
  const capture = exifAt === undefined ? undefined : readDirectory(view, exifAt, little);
  const captureTags = [...(capture?.entries.keys() ?? [])];

  const isThere: Partial<Record<PrivateGroup, boolean>> = {
    camera: [...main.entries.keys()].some((key) => !harmlessTags.has(key)),
    capture: captureTags.some((key) => key !== tag.makerNote && !harmlessExifTags.has(key)),
    gps: main.entries.has(tag.gps),
    makerNote: captureTags.includes(tag.makerNote),
    embeddedThumbnail: main.nextAt !== 0,
  };
  return exifGroupNames.filter((group) => isThere[group]);
}

const exifGroupNames = ['camera', 'capture', 'gps', 'makerNote', 'embeddedThumbnail'] as const;

function hasPrefix(exif: Uint8Array): boolean {
  return [0x45, 0x78, 0x69, 0x66, 0, 0].every((byte, at) => exif[at] === byte);
}

interface Directory {
  /** Tag to its value or to where its value stands. */
  readonly entries: ReadonlyMap<number, number>;
  readonly nextAt: number;
}

function readDirectory(view: DataView, at: number, little: boolean): Directory | undefined {
  if (at + 2 > view.byteLength) return undefined;
  const count = view.getUint16(at, little);
  const entries = new Map<number, number>();
  const readable = Math.min(count, Math.floor((view.byteLength - at - 2) / 12));
  for (let entry = 0; entry < readable; entry += 1) {
    const entryAt = at + 2 + entry * 12;
    entries.set(view.getUint16(entryAt, little), view.getUint32(entryAt + 8, little));
  }
  const nextPointerAt = at + 2 + count * 12;
  const nextAt = nextPointerAt + 4 <= view.byteLength ? view.getUint32(nextPointerAt, little) : 0;
  return { entries, nextAt };
}
