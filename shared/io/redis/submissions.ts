import type { NewTask, TaskId, TaskState } from '../../farm/task.ts';
import { randomToken } from '../random-token.ts';
import type { FarmStore } from './farm-store.ts';
import { toMicros, toSeconds } from './farm-store.ts';
import type { Reply } from './script.ts';

/** What the door holds submissions to. */
export interface AdmissionLimits {
  /** Tasks that may wait; beyond that an admission is refused. */
  readonly maxWaiting: number;
  readonly idempotencySeconds: number;
}

/** What became of one submission. */
export type Admission =
  | {
      /** `same`: this task was let in before, by its id or its idempotency key. */
      readonly kind: 'admitted' | 'same';
      readonly id: TaskId;
      readonly generatedAtSeconds: number;
      readonly deadlineAtSeconds: number;
    }
  /** Too many tasks wait. */
  | { readonly kind: 'full'; readonly id: TaskId }
  /** Its input was uploaded too long ago and is gone, or another task has taken it. */
  | { readonly kind: 'noInput'; readonly id: TaskId };

/** Lets tasks into a farm, and takes them out again. */
export class Submissions {
  readonly #store: FarmStore;
  readonly #limits: AdmissionLimits;

  constructor(store: FarmStore, limits: AdmissionLimits) {
    this.#store = store;
    this.#limits = limits;
  }

  /** Admits tasks in one step each, in order. Sending the same tasks again changes nothing. */
  async admit(tasks: readonly NewTask[]): Promise<readonly Admission[]> {
    const args = tasks.flatMap((task) => [
      task.id,
      task.idempotencyKey ?? '',
      task.type,
      task.options,
      task.input ?? '',
      toMicros(task.expectedServiceSeconds),
      toMicros(task.deadlineSeconds),
      task.lost,
    ]);
    const { maxWaiting, idempotencySeconds } = this.#limits;
    const replies = await this.#store.run('admit', [maxWaiting, idempotencySeconds, ...args]);
    const [now, ...each] = replies as readonly [string, ...Reply[]];
    return tasks.map((task, index) => readAdmission(task, Number(now), each[index]));
  }

  /**
   * Cancels a task that no worker has yet.
   *
   * @returns `cancelled`, or the state that it is in; undefined where the task is not known
   */
  async cancel(id: TaskId, keepSeconds: number): Promise<TaskState | undefined> {
    return ((await this.#store.run('cancel', [id, toMicros(keepSeconds)])) ?? undefined) as
      TaskState | undefined;
  }

  /** Sends a dead letter round again. Any other state than `requeued` says why not. */
  async requeue(id: TaskId): Promise<'requeued' | TaskState | undefined> {
    return ((await this.#store.run('requeue', [id, randomToken()])) ?? undefined) as
      'requeued' | TaskState | undefined;
  }
}

function readAdmission(task: NewTask, nowMicros: number, reply: Reply | undefined): Admission {
  if (reply === 1) {
    return {
      kind: 'admitted',
      id: task.id,
      generatedAtSeconds: toSeconds(nowMicros),
      deadlineAtSeconds: toSeconds(nowMicros + toMicros(task.deadlineSeconds)),
    };
  }
  const [kind, id = '', generatedAt, deadlineAt] = reply as readonly string[];
  if (kind === 'full' || kind === 'noInput') return { kind, id };
  return {
    kind: 'same',
    id,
    generatedAtSeconds: toSeconds(generatedAt),
    deadlineAtSeconds: toSeconds(deadlineAt),
  };
}
