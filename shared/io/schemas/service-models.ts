import { z } from 'zod';

const modelSchema = z.strictObject({
  /** May be 0, where the size does not matter. */
  secondsPerPixel: z.number().min(0),
  /** A noisy fit may have a negative constant. */
  fixedSeconds: z.number(),
});

/**
 * What `farmhand calibrate` has fitted, by name: a task type (`image`), or a type with its stages in the order of the
 * pipeline (`image:thumbnail,metadata`).
 */
export const serviceModelsSchema = z.record(z.string().regex(/^[a-z][a-z0-9-]*(:[a-z,]+)?$/), modelSchema);

export type ServiceModels = Readonly<z.infer<typeof serviceModelsSchema>>;
