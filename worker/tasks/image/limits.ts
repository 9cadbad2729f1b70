/**
 * What a worker accepts. Together these keep the whole process under 512 MiB, the memory that a worker is
 * given, for every accepted picture and every output format.
 */

/** Pixels of an input picture. */
export const largestPicturePixels = 24_000_000;

/** Pixels along one side: the most that a WebP output can hold. */
export const largestSidePixels = 16_383;

/** Colour planes of an input: CMYK and alpha. A TIFF may claim thousands. */
export const largestChannels = 5;
