import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp';
import type {
  Encoding,
  ImageOptions,
  ImageStage,
  OutputFormat,
  ThumbnailOptions,
} from '../../shared/farm/image-options.ts';
import type { InputFormat } from '../../shared/farm/picture-header.ts';
import { imageOptionsSchema } from '../../shared/io/schemas/image-options.ts';
import { largestPicturePixels } from '../../shared/farm/picture-limits.ts';
import { acceptedFormat, acceptHeader } from './image/accept.ts';
import { greyInPlace } from './image/greyscale.ts';
import type { Pixels } from './image/pixels.ts';
import { privateGroupsOf } from './image/private-data.ts';
import { statisticsOf } from './image/statistics.ts';
import {
  InvalidInput,
  type JsonObject,
  type OutputBytes,
  type TaskInput,
  type TaskOutput,
} from './task-type.ts';

// A worker does one picture at a time and there is a worker per core: more threads would only take turns.
sharp.concurrency(1);
// Every picture is another one: a cache of operations costs memory and never hits.
sharp.cache(false);

/** What stands behind transparent pixels in formats without transparency. */
const background = '#ffffff';

/**
 * The image pipeline: thumbnail, compression, metadata, conversion to greyscale and back, as the options
 * select. The picture is decoded once, upright, to raw pixels, and every stage works from those; so no output
 * can carry what the file said beside its pixels. Stages run one after the other, which makes the service time
 * the same on a busy machine as on an idle one.
 */
export async function work(input: TaskInput): Promise<TaskOutput> {
  const options = parseOptions(input.options);
  const format = acceptedFormat(input.body, options);
  const picture = { body: input.body ?? Buffer.alloc(0), format };
  const run: Run = { options, signal: input.signal, stageSeconds: {}, blobs: {}, facts: {} };
  const header = await timed(run, 'header', () => decoding(format, () => readHeader(picture, options)));
  const isThumbnailOnly = options.stages.length === 1 && options.stages[0] === 'thumbnail';
  const size = isThumbnailOnly
    ? await shrinkWhileDecoding(run, picture, header)
    : await allStages(run, picture, header);
  return {
    summary: {
      picture: { format, frames: header.pages ?? 1, ...size },
      ...run.facts,
      stageSeconds: run.stageSeconds,
    },
    blobs: run.blobs,
  };
}

interface Picture {
  readonly body: Buffer;
  readonly format: InputFormat;
}

/** What one call of `work` gathers. */
interface Run {
  readonly options: ImageOptions;
  readonly signal: AbortSignal;
  readonly stageSeconds: Record<string, number>;
  readonly blobs: Record<string, OutputBytes>;
  readonly facts: Record<string, JsonObject>;
}

type Size = Readonly<{ widthPixels: number; heightPixels: number }>;

function parseOptions(options: unknown): ImageOptions {
  const parsed = imageOptionsSchema.safeParse(options ?? {});
  if (parsed.success) return parsed.data;
  const found = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`);
  throw new InvalidInput(`image options: ${found.join('; ')}`);
}

/** Takes the time of a stage; hands back between stages where the task is no longer ours. */
async function timed<T>(
  run: Run,
  stage: ImageStage | 'header' | 'decode',
  doStage: () => Promise<T> | T,
): Promise<T> {
  run.signal.throwIfAborted();
  const startedMs = performance.now();
  const result = await doStage();
  run.stageSeconds[stage] = (performance.now() - startedMs) / 1000;
  return result;
}

/** `failOn: 'warning'` refuses cut-off and damaged pixels, and tolerates mere warnings such as broken EXIF. */
function reader(body: Buffer): Sharp {
  const options: SharpOptions = {
    autoOrient: true,
    failOn: 'warning',
    limitInputPixels: largestPicturePixels,
    pages: 1,
  };
  return sharp(body, options);
}

async function readHeader({ body, format }: Picture, options: ImageOptions): Promise<Metadata> {
  const header = await reader(body).metadata();
  acceptHeader(header, format, options);
  return header;
}

/** A picture that the decoder refuses will be refused by every worker; the decoder's words say why. */
async function decoding<T>(format: InputFormat, decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    const [said = 'no reason given'] = (error instanceof Error ? error.message : String(error)).split('\n');
    if (/memory|timeout/i.test(said)) throw error;
    throw new InvalidInput(`the ${format} cannot be decoded: ${said}`, { cause: error });
  }
}

async function allStages(run: Run, picture: Picture, header: Metadata): Promise<Size> {
  const pixels = await timed(run, 'decode', () => decoding(picture.format, () => decodePixels(picture)));
  try {
    for (const stage of orderedStages(run.options)) {
      await timed(run, stage, () => stageWork[stage](run, pixels, header));
    }
  } finally {
    giveBack(pixels.data);
  }
  return { widthPixels: pixels.widthPixels, heightPixels: pixels.heightPixels };
}

/** Frees the pixels now: left to the garbage collector, two pictures would be in memory when the next begins. */
function giveBack(data: Uint8Array): void {
  if (data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength)
    data.buffer.transfer(0);
}

function orderedStages(options: ImageOptions): ImageStage[] {
  const order: readonly ImageStage[] = ['thumbnail', 'compression', 'metadata', 'conversion'];
  return order.filter((stage) => options.stages.includes(stage));
}

async function decodePixels({ body }: Picture): Promise<Pixels> {
  const { data, info } = await reader(body).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { data, widthPixels: info.width, heightPixels: info.height, channels: info.channels };
}

type StageWork = (run: Run, pixels: Pixels, header: Metadata) => Promise<void> | void;

const stageWork: Readonly<Record<ImageStage, StageWork>> = {
  thumbnail: async (run, pixels) => {
    run.blobs['thumbnail'] = await thumbnailOf(fromPixels(pixels), run.options.thumbnail);
  },
  compression: async (run, pixels) => {
    run.blobs['compressed'] = await encoded(fromPixels(pixels), run.options.compression);
  },
  metadata: (run, pixels, header) => {
    run.facts['metadata'] = metadataOf(pixels, header);
  },
  conversion: async (run, pixels) => {
    greyInPlace(pixels);
    run.blobs['greyscale'] = await encoded(fromPixels(pixels).toColourspace('srgb'), run.options.conversion);
  },
};

function fromPixels({ data, widthPixels, heightPixels, channels }: Pixels): Sharp {
  return sharp(data, { raw: { width: widthPixels, height: heightPixels, channels } });
}

/** Where the thumbnail is all that is asked, most decoders can skip pixels, which saves most of the work. */
async function shrinkWhileDecoding(run: Run, { body, format }: Picture, header: Metadata): Promise<Size> {
  run.blobs['thumbnail'] = await timed(run, 'thumbnail', () =>
    decoding(format, () => thumbnailOf(reader(body), run.options.thumbnail)),
  );
  const { width, height } = header.autoOrient;
  return { widthPixels: width, heightPixels: height };
}

function thumbnailOf(
  source: Sharp,
  { width, height, fit, format, quality }: ThumbnailOptions,
): Promise<OutputBytes> {
  const small = source.resize(width, height, { fit, kernel: 'lanczos3', background });
  return encoded(small, { format, quality });
}

async function encoded(source: Sharp, encoding: Encoding): Promise<OutputBytes> {
  const bytes = await encoders[encoding.format](source, encoding).toBuffer();
  return { contentType: `image/${encoding.format}`, bytes };
}

/**
 * The fastest settings of each encoder. Optimised Huffman tables make a JPEG 5 % smaller for a second pass over
 * it; WebP and AVIF above effort 0 take several times as long for about as little.
 */
const encoders: Readonly<Record<OutputFormat, (source: Sharp, encoding: Encoding) => Sharp>> = {
  jpeg: (source, { quality }) => source.flatten({ background }).jpeg({ quality, optimiseCoding: false }),
  webp: (source, { quality, effort = 0 }) => source.webp({ quality, effort }),
  avif: (source, { quality, effort = 0 }) => source.avif({ quality, effort }),
  // sharp takes any quality of a PNG as the wish for a palette.
  png: (source, { quality, effort = 1, palette = false }) =>
    source.png(palette ? { palette, quality, effort } : { compressionLevel: 3 }),
};

function metadataOf(pixels: Pixels, header: Metadata): JsonObject {
  return {
    orientation: header.orientation ?? 1,
    colourSpace: header.space,
    channels: header.channels,
    sampleType: header.depth,
    hasAlpha: header.hasAlpha,
    hasColourProfile: header.hasProfile,
    isProgressive: header.isProgressive,
    removedPrivateData: privateGroupsOf(header),
    statistics: { ...statisticsOf(pixels) } as unknown as JsonObject,
  };
}
