/** The stages of the image pipeline, in the order in which a worker runs them. */
export const imageStages = ['thumbnail', 'compression', 'metadata', 'conversion'] as const;
export type ImageStage = (typeof imageStages)[number];

/** Formats that a worker can write. */
export const outputFormats = ['jpeg', 'webp', 'avif', 'png'] as const;
export type OutputFormat = (typeof outputFormats)[number];

/** How a picture is fitted into the thumbnail: only `inside` may answer with a smaller side than asked. */
export const thumbnailFits = ['cover', 'contain', 'inside', 'fill'] as const;
export type ThumbnailFit = (typeof thumbnailFits)[number];

/** How an output is encoded. */
export interface Encoding {
  readonly format: OutputFormat;
  /** 1 (smallest) to 100 (best). */
  readonly quality: number;
  /** How hard the encoder tries: webp 0–6, avif 0–9, png with a palette 1–10. Absent: the fastest. */
  readonly effort?: number | undefined;
  /** PNG only: at most 256 colours, chosen for the picture. */
  readonly palette?: boolean | undefined;
}

export interface ThumbnailOptions {
  readonly width: number;
  readonly height: number;
  readonly fit: ThumbnailFit;
  readonly format: OutputFormat;
  readonly quality: number;
}

/** Everything that a submitter may say about an `image` task, with the defaults filled in. */
export interface ImageOptions {
  readonly stages: readonly ImageStage[];
  readonly thumbnail: ThumbnailOptions;
  readonly compression: Encoding;
  readonly conversion: Encoding;
}
