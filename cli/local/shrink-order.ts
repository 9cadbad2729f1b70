import type { WorkerRecord } from '../../shared/farm/worker.ts';

/** What a worker process is worth keeping, least first. */
const RANK: Readonly<Record<WorkerRecord['state'], number>> = {
  drained: 2,
  starting: 3,
  idle: 4,
  draining: 5,
  busy: 6,
};

/**
 * Which processes end when the pool shrinks: those whose removal was asked for, then those that the registry does not
 * know yet, drained ones, idle ones, and only then such as have a task. Among equals the youngest goes.
 *
 * @param pods oldest first
 */
export function shrinkOrder(
  pods: readonly string[],
  workers: readonly WorkerRecord[],
  surplus: number,
): readonly string[] {
  const byPod = new Map(workers.map((worker) => [worker.pod, worker]));
  const rank = (pod: string): number => {
    const worker = byPod.get(pod);
    if (worker === undefined) return 1;
    return worker.removing ? 0 : RANK[worker.state];
  };
  return [...pods]
    .reverse()
    .sort((one, other) => rank(one) - rank(other))
    .slice(0, Math.max(0, surplus));
}
