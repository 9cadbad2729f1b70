import type { WorkerRecord } from '../shared/farm/worker.ts';
import type { PoolMember, PoolState } from './pool.ts';

/**
 * What follows from the registry and the pool together. A member without an entry in the registry is no worker yet, or
 * none any more; a worker without a member is on its way out, and its entry ends with its heartbeat.
 */

/** Whether the worker's pod or process is a member of the pool. */
export function isPresent({ pod }: WorkerRecord, { members }: PoolState): boolean {
  return members.some((member) => member.pod === pod);
}

/**
 * Whether the worker no longer counts: its member is gone or going, or its removal has been asked for and the pool has
 * not carried it out yet.
 */
export function hasLeft(worker: WorkerRecord, state: PoolState): boolean {
  const member = state.members.find(({ pod }) => pod === worker.pod);
  return member === undefined || (worker.removing === true && isTooLarge(member, state));
}

/** Members that may go without a drain, and what was asked for and is not there at all. */
export interface FreeMembers {
  readonly missing: number;
  /** Those that the platform removes by itself before any other come first. */
  readonly members: readonly PoolMember[];
}

export function freeMembers(state: PoolState, workers: readonly WorkerRecord[]): FreeMembers {
  const registered = new Set(workers.map(({ pod }) => pod));
  const free = state.members.filter(({ pod }) => !registered.has(pod));
  const missing = [...partsOf(state)].reduce(
    (sum, [part, desired]) => sum + Math.max(0, desired - sizeOf(part, state)),
    0,
  );
  return { missing, members: free.toSorted((a, b) => Number(a.ready) - Number(b.ready)) };
}

/**
 * Workers whose member is not ready, though they are at work: it has just started, or Redis was away. Kubernetes
 * removes such a pod before any that is ready, whoever has drained, so these have to drain first.
 */
export function unreadyWorkers(state: PoolState, workers: readonly WorkerRecord[]): readonly WorkerRecord[] {
  const unready = new Set(state.members.filter(({ ready }) => !ready).map(({ pod }) => pod));
  return workers.filter(({ pod }) => unready.has(pod));
}

/** Of the workers that have drained, those that the platform would really remove, were it asked now. */
export function removableNow(
  drained: readonly WorkerRecord[],
  state: PoolState,
  workers: readonly WorkerRecord[],
): readonly WorkerRecord[] {
  const unready = unreadyWorkers(state, workers);
  const goesBefore = unready.some(({ state: its }) => its !== 'drained');
  const present = drained.filter((worker) => isPresent(worker, state));
  return goesBefore ? present.filter(({ id }) => unready.some((worker) => worker.id === id)) : present;
}

function isTooLarge({ part }: PoolMember, state: PoolState): boolean {
  const desired = part === undefined ? state.desired : (state.parts?.get(part) ?? 0);
  return sizeOf(part, state) > desired;
}

function sizeOf(part: string | undefined, { members }: PoolState): number {
  return members.filter((member) => member.part === part).length;
}

/** What each part shall have; a pool without parts is one. */
function partsOf({ parts, desired }: PoolState): Iterable<readonly [string | undefined, number]> {
  return parts ?? [[undefined, desired]];
}
