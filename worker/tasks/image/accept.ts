import { readPictureHeader, type InputFormat } from '../../../shared/farm/picture-header.ts';
import { InvalidInput } from '../task-type.ts';
import { largestPicturePixels, largestSidePixels } from './limits.ts';

/** Refuses what is no picture, or too large a one, by its header alone: no decoder has seen it yet. */
export function acceptedFormat(body: Buffer | undefined): InputFormat {
  if (body === undefined) throw new InvalidInput('an image task needs a picture as its body, got none');
  const header = readPictureHeader(body);
  if (header.kind === 'refused') throw new InvalidInput(`the file ${header.reason}`);
  refuseTooLarge(header.widthPixels, header.heightPixels);
  return header.format;
}

/** Also asked of the decoder's own reading, because a header may lie. */
export function refuseTooLarge(widthPixels: number, heightPixels: number): void {
  const found = `the picture has ${String(widthPixels)}×${String(heightPixels)} pixels`;
  if (widthPixels * heightPixels > largestPicturePixels) {
    throw new InvalidInput(`${found}; at most ${String(largestPicturePixels / 1e6)} million are accepted`);
  }
  if (Math.max(widthPixels, heightPixels) > largestSidePixels) {
    throw new InvalidInput(`${found}; at most ${String(largestSidePixels)} along a side are accepted`);
  }
}
