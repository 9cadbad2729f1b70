import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { work } from '../../../worker/tasks/image.ts';
import { InvalidInput, type TaskOutput } from '../../../worker/tasks/task-type.ts';
import { fromRgb, noisyGradient, picture, privateJpeg } from '../../support/pictures.ts';
import { imageTask } from '../../support/task-input.ts';

/** A PNG whose upper left quarter is red, the rest blue: shows which way is up. */
async function cornered(orientation: number): Promise<Buffer> {
  const pixels = Buffer.alloc(80 * 40 * 3);
  for (let at = 0; at < 80 * 40; at += 1) {
    const isCorner = at % 80 < 40 && at < 80 * 20;
    pixels.set(isCorner ? [255, 0, 0] : [0, 0, 255], at * 3);
  }
  return fromRgb(pixels, 80, 40).withMetadata({ orientation }).png().toBuffer();
}

function bytesOf(output: TaskOutput, name: string): Buffer {
  return Buffer.from(output.blobs[name]?.bytes ?? []);
}

async function colourAt(bytes: Buffer, x: number, y: number): Promise<'red' | 'blue'> {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  return (data[at] ?? 0) > (data[at + 2] ?? 0) ? 'red' : 'blue';
}

describe('orientation', () => {
  test.each([
    [1, [80, 40], [0, 0]],
    [2, [80, 40], [79, 0]],
    [3, [80, 40], [79, 39]],
    [6, [40, 80], [39, 0]],
    [8, [40, 80], [0, 79]],
  ])(
    'a picture of EXIF orientation %i is turned upright in every output',
    async (tag, [width = 0, height = 0], [x = 0, y = 0]) => {
      const output = await work(imageTask(await cornered(tag), { compression: { format: 'png' } }));
      const compressed = bytesOf(output, 'compressed');
      expect(output.summary).toMatchObject({ picture: { widthPixels: width, heightPixels: height } });
      expect(await sharp(compressed).metadata()).toMatchObject({ width, height });
      expect(await colourAt(compressed, x, y)).toBe('red');
      expect(await colourAt(compressed, width - 1 - x, height - 1 - y)).toBe('blue');
      expect((await sharp(compressed).metadata()).orientation).toBeUndefined();
    },
  );

  test('a thumbnail on its own is upright as well', async () => {
    const output = await work(
      imageTask(await cornered(6), { stages: ['thumbnail'], thumbnail: { fit: 'fill' } }),
    );
    expect(output.summary).toMatchObject({ picture: { widthPixels: 40, heightPixels: 80 } });
    expect(await colourAt(bytesOf(output, 'thumbnail'), 120, 5)).toBe('red');
    expect(await colourAt(bytesOf(output, 'thumbnail'), 5, 5)).toBe('blue');
  });
});

describe('thumbnail', () => {
  test.each([
    ['cover', 128, 128],
    ['contain', 128, 128],
    ['fill', 128, 128],
    ['inside', 128, 64],
  ])('fit %s of a 400×200 picture answers with %i×%i', async (fit, width, height) => {
    const body = await picture(400, 200).jpeg().toBuffer();
    const output = await work(imageTask(body, { stages: ['thumbnail', 'metadata'], thumbnail: { fit } }));
    expect(await sharp(bytesOf(output, 'thumbnail')).metadata()).toMatchObject({
      width,
      height,
      format: 'jpeg',
    });
  });
});

describe('compression', () => {
  test.each(['jpeg', 'webp', 'avif', 'png'])(
    'to %s answers with that format and the same size',
    async (format) => {
      const output = await work(
        imageTask(await picture(60, 40).jpeg().toBuffer(), { compression: { format } }),
      );
      expect(output.blobs['compressed']?.contentType).toBe(`image/${format}`);
      const found = await sharp(bytesOf(output, 'compressed')).metadata();
      expect(found).toMatchObject({ width: 60, height: 40, format: format === 'avif' ? 'heif' : format });
    },
  );

  test('a lower quality is smaller', async () => {
    const body = await picture(200).png().toBuffer();
    const sizes = await Promise.all(
      [30, 90].map(
        async (quality) =>
          bytesOf(await work(imageTask(body, { compression: { quality } })), 'compressed').length,
      ),
    );
    expect(sizes[0]).toBeLessThan(sizes[1] ?? 0);
  });

  test('a PNG with a palette holds at most 256 colours', async () => {
    const options = { compression: { format: 'png', palette: true } };
    const output = await work(imageTask(await picture(100).png().toBuffer(), options));
    expect(await sharp(bytesOf(output, 'compressed')).metadata()).toMatchObject({ isPalette: true });
  });

  test('transparent pixels stay so in WebP and become white in JPEG', async () => {
    const body = await picture(20).ensureAlpha(0).png().toBuffer();
    const webp = bytesOf(await work(imageTask(body, { compression: { format: 'webp' } })), 'compressed');
    const jpeg = bytesOf(await work(imageTask(body)), 'compressed');
    expect((await sharp(webp).metadata()).hasAlpha).toBe(true);
    expect((await sharp(jpeg).raw().toBuffer()).every((value) => value > 250)).toBe(true);
  });
});

describe('conversion', () => {
  test('is greyscale by Rec. 601, in three equal channels again', async () => {
    const pixels = noisyGradient(50, 30);
    const options = { stages: ['conversion'], conversion: { format: 'png' } };
    const output = await work(imageTask(await fromRgb(pixels, 50, 30).png().toBuffer(), options));
    const { data, info } = await sharp(bytesOf(output, 'greyscale'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(info.channels).toBe(3);
    for (let at = 0; at < data.length; at += 3) {
      const luma = 0.299 * (pixels[at] ?? 0) + 0.587 * (pixels[at + 1] ?? 0) + 0.114 * (pixels[at + 2] ?? 0);
      expect(Math.abs((data[at] ?? 0) - luma)).toBeLessThanOrEqual(0.501);
      expect([data[at + 1], data[at + 2]]).toEqual([data[at], data[at]]);
    }
  });

  test('leaves the other outputs in colour, in whatever order the stages are named', async () => {
    const options = { stages: ['conversion', 'compression'], compression: { format: 'png' } };
    const body = await fromRgb(noisyGradient(20, 20), 20, 20).png().toBuffer();
    const output = await work(imageTask(body, options));
    expect(await sharp(bytesOf(output, 'compressed')).raw().toBuffer()).toEqual(noisyGradient(20, 20));
  });
});

describe('private data', () => {
  test('is named by group, and gone from every output', async () => {
    const body = await privateJpeg();
    expect(body.includes('SecretMaker')).toBe(true);
    const output = await work(imageTask(body));
    expect(output.summary).toHaveProperty('metadata.removedPrivateData', ['camera', 'capture', 'gps']);
    expect(JSON.stringify(output.summary)).not.toMatch(/secret/i);
    for (const name of ['thumbnail', 'compressed', 'greyscale']) {
      const found = await sharp(bytesOf(output, name)).metadata();
      expect([found.exif, found.xmp, found.iptc, found.icc]).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
      ]);
      expect(bytesOf(output, name).toString('latin1')).not.toMatch(/secret|Exif/i);
    }
  });

  test('is gone from a lone thumbnail and from every format', async () => {
    const body = await privateJpeg();
    const alone = await work(imageTask(body, { stages: ['thumbnail'] }));
    expect(bytesOf(alone, 'thumbnail').toString('latin1')).not.toMatch(/secret|Exif/i);
    for (const format of ['webp', 'avif', 'png']) {
      const output = await work(imageTask(body, { stages: ['compression'], compression: { format } }));
      expect(bytesOf(output, 'compressed').toString('latin1')).not.toMatch(/secret/i);
    }
  });
});

describe('what a task says', () => {
  test('the summary gives size, format, frames and seconds per stage', async () => {
    const { summary } = await work(imageTask(await picture(30, 20).webp().toBuffer()));
    expect(summary).toMatchObject({
      picture: { format: 'webp', widthPixels: 30, heightPixels: 20, frames: 1 },
    });
    expect(Object.keys(summary['stageSeconds'] ?? {})).toEqual([
      'header',
      'decode',
      'thumbnail',
      'compression',
      'metadata',
      'conversion',
    ]);
  });

  test('only the stages that were asked for are run', async () => {
    const output = await work(imageTask(await picture(30).jpeg().toBuffer(), { stages: ['metadata'] }));
    expect(output.blobs).toEqual({});
    expect(Object.keys(output.summary['stageSeconds'] ?? {})).toEqual(['header', 'decode', 'metadata']);
  });

  test.each([
    [{ stages: [] }, /stages/],
    [{ stages: ['thumbnail', 'sharpen'] }, /stages\.1/],
    [{ thumbnail: { width: 0 } }, /thumbnail\.width/],
    [{ compression: { quality: 101 } }, /compression\.quality/],
    [{ compression: { format: 'webp', effort: 9 } }, /compression\.effort/],
    [{ sharpen: true }, /sharpen/],
    ['thumbnail', /options/],
  ])('the options %j are refused by name', async (options, named) => {
    const outcome = await work(imageTask(await picture(9).jpeg().toBuffer(), options)).catch(
      (error: unknown) => error,
    );
    expect(outcome).toBeInstanceOf(InvalidInput);
    expect((outcome as InvalidInput).message).toMatch(named);
  });

  test('a task without a picture is invalid', async () => {
    await expect(work(imageTask(undefined))).rejects.toThrow(InvalidInput);
  });

  test('a task that is handed back stops, and is not called invalid', async () => {
    const handedBack = AbortSignal.abort(new Error('handed back'));
    const task = { ...imageTask(await picture(9).jpeg().toBuffer()), signal: handedBack };
    await expect(work(task)).rejects.toThrow('handed back');
  });
});
