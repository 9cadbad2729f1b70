import type { TaskId } from '../../shared/farm/task.ts';
import type { FarmStore } from '../../shared/io/redis/farm-store.ts';
import { toSeconds } from '../../shared/io/redis/farm-store.ts';

/** One task's way through the farm, on the farm's clock. */
export interface Trip {
  readonly generatedAtSeconds: number;
  readonly collectedAtSeconds: number;
  readonly metDeadline: boolean;
}

/** What became of these tasks, in their order. All must have been collected. */
export async function readTrips(store: FarmStore, ids: readonly TaskId[]): Promise<readonly Trip[]> {
  const pipeline = store.redis.pipeline();
  for (const id of ids) pipeline.hmget(store.key(`task:${id}`), 'gen', 'col', 'met');
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([, reply]) => {
    const [generatedAt, collectedAt, met] = reply as readonly string[];
    return {
      generatedAtSeconds: toSeconds(generatedAt),
      collectedAtSeconds: toSeconds(collectedAt),
      metDeadline: met === '1',
    };
  });
}
