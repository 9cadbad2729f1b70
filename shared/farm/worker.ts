import type { TaskId } from './task.ts';

/** Names one worker process. A process that starts again is another worker. */
export type WorkerId = string;

/**
 * A worker's life: `starting → idle ⇄ busy → draining → drained → gone`.
 * - `starting`: its process runs, it has not asked for a task yet.
 * - `idle`, `busy`: without and with a task.
 * - `draining`: it was sent a SYN; it finishes its task and takes no other.
 * - `drained`: it has sent its ACK; it may be removed, or taken back.
 * - `gone`: it is no longer in the registry.
 */
export type WorkerState = 'starting' | 'idle' | 'busy' | 'draining' | 'drained';

export interface WorkerRecord {
  readonly id: WorkerId;
  /** What the platform calls it: the pod's name, or the process's. */
  readonly pod: string;
  readonly state: WorkerState;
  readonly startedAtSeconds: number;
  readonly heartbeatAtSeconds: number;
  readonly taskId?: TaskId;
  /** When its task should be finished, by the expected service time. */
  readonly expectedFinishAtSeconds?: number;
  readonly synId?: string;
  /** It has drained and its removal has been asked for: it is not taken back any more. */
  readonly removing?: true;
}

/** Counts workers by state. */
export function workforceOf(workers: readonly WorkerRecord[]): Readonly<Record<WorkerState, number>> {
  const workforce = { starting: 0, idle: 0, busy: 0, draining: 0, drained: 0 };
  for (const { state } of workers) workforce[state] += 1;
  return workforce;
}
