import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleFormats, samplePicture } from '../sample-images.ts';
import type { SampleFormat } from '../sample-images.ts';
import { forEachAtOnce } from '../work-list.ts';

/** Sides of the larger edge, from an icon to a screen's width. */
const SIDES_PIXELS = [160, 256, 320, 480, 640, 800, 1024, 1280, 1600, 2048] as const;
/** Width to height: landscape, portrait and square. */
const SHAPES = [4 / 3, 3 / 4, 1, 16 / 9, 2 / 3] as const;
/** AVIF takes long to write, and PNG and TIFF make large files: only up to these sides. */
const LARGEST_SIDE_PIXELS: Readonly<Partial<Record<SampleFormat, number>>> = {
  avif: 480,
  png: 1024,
  tiff: 1024,
};

export interface SampleFile {
  readonly name: string;
  readonly bytes: Buffer<ArrayBuffer>;
}

/** Writes 50 pictures of ten sizes, five shapes and five formats into a folder. The same ones every time. */
export async function makeSampleFolder(folder: string): Promise<readonly SampleFile[]> {
  await mkdir(folder, { recursive: true });
  const wanted = SIDES_PIXELS.flatMap((side, row) =>
    SHAPES.map((shape, column) => ({ side, shape, row, column })),
  );
  const files: SampleFile[] = [];
  await forEachAtOnce(wanted, 4, async ({ side, shape, row, column }, index) => {
    const format = formatFor(side, row + column);
    const widthPixels = Math.round(side * Math.min(1, shape));
    const heightPixels = Math.round(side / Math.max(1, shape));
    const made = await samplePicture({ widthPixels, heightPixels, format, seed: index + 1 });
    const bytes = Buffer.from(made);
    const name = `picture-${String(index + 1).padStart(2, '0')}-${widthPixels}x${heightPixels}.${format}`;
    files[index] = { name, bytes };
    await writeFile(join(folder, name), bytes);
  });
  return files;
}

function formatFor(side: number, choice: number): SampleFormat {
  const format = sampleFormats[choice % sampleFormats.length] ?? 'jpeg';
  return side > (LARGEST_SIDE_PIXELS[format] ?? side) ? 'jpeg' : format;
}
