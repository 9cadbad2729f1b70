/** Names one task. Made from 128 random bits, so that it cannot be guessed. */
export type TaskId = string;

/** Names an entry of the blob store. */
export type BlobRef = string;

/** What happens to a task that can no longer meet its deadline: it is served late, or given up with a failed Result. */
export type LostPolicy = 'serve' | 'discard';

/**
 * Where a task is:
 * `waiting` in the worker queue, `delayed` until its back-off ends, `leased` to a worker, `answered` and not yet
 * collected, `done` or `failed` (it has its Result), `cancelled`.
 */
export type TaskState = 'waiting' | 'delayed' | 'leased' | 'answered' | 'done' | 'failed' | 'cancelled';

/** A task as it is admitted. */
export interface NewTask {
  readonly id: TaskId;
  /** Names the file `worker/tasks/<type>.ts` that does the work. */
  readonly type: string;
  /** What the submitter asked for, validated at the door, as JSON text. */
  readonly options: string;
  /** The input bytes, by reference; absent where the task carries none. */
  readonly input?: BlobRef;
  readonly expectedServiceSeconds: number;
  /** From generation to collection. */
  readonly deadlineSeconds: number;
  readonly lost: LostPolicy;
  /** Two admissions with the same key are the same task. */
  readonly idempotencyKey?: string;
}

/** A task in the hands of one worker, until the lease ends or the worker answers. */
export interface Lease {
  /** Names this hand-over: an answer, a renewal and a hand-back carry it. */
  readonly leaseId: string;
  readonly taskId: TaskId;
  readonly type: string;
  readonly options: string;
  readonly input?: BlobRef;
  readonly expectedServiceSeconds: number;
  /** On the farm's clock, seconds since the epoch. */
  readonly generatedAtSeconds: number;
  readonly deadlineAtSeconds: number;
  /** Attempts that failed or crashed before this one. */
  readonly failedAttempts: number;
  /** How often the task was requeued from the dead letters. */
  readonly generation: number;
}
