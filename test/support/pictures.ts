import sharp, { type Sharp } from 'sharp';

/** A seeded stream of 32-bit numbers (Mulberry32), so that the same seed makes the same picture. */
export function randomWords(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** Raw RGB: a gradient in two directions under noise, like the light and the grain of a photograph. */
export function noisyGradient(widthPixels: number, heightPixels: number, seed = 1): Buffer {
  const next = randomWords(seed);
  const pixels = Buffer.allocUnsafe(widthPixels * heightPixels * 3);
  let at = 0;
  for (let y = 0; y < heightPixels; y += 1) {
    for (let x = 0; x < widthPixels; x += 1) {
      const noise = next();
      pixels[at++] = (x * 200) / widthPixels + (noise & 31);
      pixels[at++] = (y * 200) / heightPixels + ((noise >>> 8) & 31);
      pixels[at++] = ((x + y) * 200) / (widthPixels + heightPixels) + ((noise >>> 16) & 31);
    }
  }
  return pixels;
}

/** A noisy gradient as a sharp pipeline, to be written in any format. */
export function picture(widthPixels: number, heightPixels = widthPixels, seed = 1): Sharp {
  return fromRgb(noisyGradient(widthPixels, heightPixels, seed), widthPixels, heightPixels);
}

/** Raw RGB pixels as a sharp pipeline. */
export function fromRgb(pixels: Buffer, widthPixels: number, heightPixels: number): Sharp {
  return sharp(pixels, { raw: { width: widthPixels, height: heightPixels, channels: 3 } });
}

/** A square JPEG at quality 85: what the benchmarks feed to every pipeline. */
export function squareJpeg(sidePixels: number, seed = 1): Promise<Buffer> {
  return picture(sidePixels, sidePixels, seed).jpeg({ quality: 85 }).toBuffer();
}

/** A JPEG whose EXIF names a camera, an owner, a place and an orientation. */
export function privateJpeg(orientation = 6): Promise<Buffer> {
  return picture(64, 32)
    .withMetadata({ orientation })
    .withExifMerge({
      IFD0: { Make: 'SecretMaker', Model: 'SecretModel', Artist: 'Secret Owner' },
      IFD2: { DateTimeOriginal: '2020:01:02 03:04:05', BodySerialNumber: 'SECRET-SERIAL' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100' },
    })
    .jpeg()
    .toBuffer();
}
