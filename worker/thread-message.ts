import type { CheckedOutput } from './task-output.ts';

/** What a task's thread starts with. */
export interface ThreadStart {
  /** Where the task types are. */
  readonly folder: string;
}

/** A task as it goes to the thread. */
export interface ThreadTask {
  readonly taskId: string;
  readonly type: string;
  readonly options: unknown;
  readonly body?: Uint8Array;
  readonly expectedServiceSeconds: number;
}

export type ToThread =
  | { readonly kind: 'work'; readonly task: ThreadTask }
  /** Aborts the signal of the task that is under way. */
  | { readonly kind: 'abort' };

export interface ReadyReport {
  readonly kind: 'ready';
  readonly types: readonly string[];
  /** Why a task type could not be loaded. */
  readonly broken: Readonly<Record<string, string>>;
}

/** How `work()` ended, and how long it took. */
export type WorkOutcome =
  | ({ readonly kind: 'done'; readonly serviceSeconds: number } & CheckedOutput)
  | { readonly kind: 'invalid' | 'error'; readonly reason: string; readonly serviceSeconds: number };

export type FromThread = ReadyReport | { readonly kind: 'outcome'; readonly outcome: WorkOutcome };
