import type { BlobRef, TaskId } from './task.ts';

/** Why a task has a failed Result. `invalid` input stands outside QoS; the others count as missed. */
export type FailureKind = 'invalid' | 'error' | 'discarded';

/** One output of a task, by reference. */
export interface OutputBlob {
  readonly ref: BlobRef;
  readonly contentType: string;
  readonly bytes: number;
}

/** What a worker says about a task it has finished with. */
export type Answer =
  | {
      readonly outcome: 'done';
      readonly summary: unknown;
      readonly outputs: Readonly<Record<string, OutputBlob>>;
    }
  /** The input can never succeed: not tried again. */
  | { readonly outcome: 'invalid'; readonly reason: string }
  /** This attempt failed: tried again after a back-off, until the attempts are used up. */
  | { readonly outcome: 'error'; readonly reason: string };

/** What became of an answer: it counted, it was the resend of one that counted, or another one came first. */
export type AnswerVerdict = 'accepted' | 'same' | 'late';

/** The record of a task's end. There is one per task and generation. */
export type Result = ResultTimes &
  (
    | {
        readonly status: 'done';
        readonly summary: unknown;
        readonly outputs: Readonly<Record<string, OutputBlob>>;
      }
    | { readonly status: 'failed'; readonly kind: FailureKind; readonly reason: string }
  );

export interface ResultTimes {
  readonly taskId: TaskId;
  readonly type: string;
  readonly generation: number;
  readonly failedAttempts: number;
  /** Seconds since the epoch on the farm's clock. */
  readonly generatedAtSeconds: number;
  readonly collectedAtSeconds: number;
  readonly deadlineSeconds: number;
  /** Generation to collection. */
  readonly responseSeconds: number;
  readonly expectedServiceSeconds: number;
  /** How long the work itself took; absent where no work was done. */
  readonly serviceSeconds?: number;
  readonly metDeadline: boolean;
}
