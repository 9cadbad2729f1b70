import { z } from 'zod';

const time = z
  .string()
  .transform((text) => new Date(text))
  .optional();

/** What of a pod is looked at. */
export const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
    creationTimestamp: time,
    deletionTimestamp: time,
  }),
  spec: z.object({ containers: z.array(z.object({ name: z.string(), image: z.string() })) }),
  status: z.object({
    phase: z.string().default('Unknown'),
    podIP: z.string().optional(),
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
    containerStatuses: z
      .array(
        z.object({
          name: z.string(),
          containerID: z.string().default(''),
          restartCount: z.number(),
          state: z
            .object({
              terminated: z.object({ exitCode: z.number(), reason: z.string().optional() }).optional(),
            })
            .default({}),
          lastState: z
            .object({
              terminated: z.object({ exitCode: z.number(), reason: z.string().optional() }).optional(),
            })
            .default({}),
        }),
      )
      .default([]),
  }),
});

export type Pod = z.infer<typeof podSchema>;

export const podListSchema = z.object({ items: z.array(podSchema) });

export function isReady({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    status.conditions.some((each) => each.type === 'Ready' && each.status === 'True')
  );
}

export function restartsOf({ status }: Pod): number {
  return status.containerStatuses.reduce((sum, each) => sum + each.restartCount, 0);
}

/** Which part of the farm it is. */
export function partOf({ metadata }: Pod): string {
  return metadata.labels['app.kubernetes.io/name'] ?? metadata.labels['faas_function'] ?? '';
}

/** How its container has ended, the last time that it has. */
export function exitCodeOf({ status }: Pod): number | undefined {
  const [container] = status.containerStatuses;
  return (container?.state.terminated ?? container?.lastState.terminated)?.exitCode;
}
