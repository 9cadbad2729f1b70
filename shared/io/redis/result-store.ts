import type { FailureKind, Result, ResultTimes } from '../../farm/result.ts';
import type { OutputBlob } from '../../farm/result.ts';
import type { TaskId, TaskState } from '../../farm/task.ts';
import type { FarmStore } from './farm-store.ts';
import { toMicros, toSeconds } from './farm-store.ts';
import type { Reply } from './script.ts';

/** What was just recorded: enough for metrics and for waking whoever waits for it. */
export interface Collected {
  readonly taskId: TaskId;
  readonly status: 'done' | 'failed';
  readonly type: string;
  readonly metDeadline: boolean;
  readonly responseSeconds: number;
  readonly serviceSeconds?: number;
  /** Absent where the task is done. */
  readonly kind?: FailureKind;
}

/** A task without a Result yet. */
export interface Pending {
  readonly status: Exclude<TaskState, 'done' | 'failed'>;
  readonly taskId: TaskId;
  readonly type: string;
  readonly generatedAtSeconds: number;
  readonly deadlineAtSeconds: number;
  readonly failedAttempts: number;
}

/** A page of task ids, newest first. */
export interface ResultPage {
  readonly ids: readonly TaskId[];
  readonly total: number;
}

/** The collector's side: judges answers, records Results, reads them. */
export class ResultStore {
  readonly #store: FarmStore;

  constructor(store: FarmStore) {
    this.#store = store;
  }

  /**
   * Judges up to `most` answered tasks and records their Results. Where none is there, the next answer wakes this
   * collector at its inbox.
   */
  async collect(
    collectorId: string,
    options: { readonly most: number; readonly keepSeconds: number; readonly waitSeconds: number },
  ): Promise<readonly Collected[]> {
    const { most, keepSeconds, waitSeconds } = options;
    const reply = await this.#store.run('collect', [
      collectorId,
      most,
      toMicros(keepSeconds),
      toMicros(waitSeconds),
    ]);
    return (reply as readonly Reply[]).map((entry) => readCollected(entry as readonly Reply[]));
  }

  /** What is known of a task: its Result, or where it is; undefined where it is unknown or has expired. */
  async read(id: TaskId): Promise<Result | Pending | undefined> {
    const fields = await this.#store.redis.hgetall(this.#store.key(`task:${id}`));
    return fields['st'] === undefined ? undefined : readTask(id, fields);
  }

  async list(kind: 'results' | 'dead', offset: number, count: number): Promise<ResultPage> {
    const key = this.#store.key(kind);
    const [ids, total] = await Promise.all([
      this.#store.redis.zrevrange(key, offset, offset + count - 1),
      this.#store.redis.zcard(key),
    ]);
    return { ids, total };
  }

  /** Channel on which the id of every recorded Result is published. */
  get channel(): string {
    return this.#store.key('collected');
  }
}

function readCollected(entry: readonly Reply[]): Collected {
  const [taskId, status, type, met, response, service, outcome] = entry;
  return {
    taskId: String(taskId),
    status: status === 'done' ? 'done' : 'failed',
    type: String(type),
    metDeadline: met === 1,
    responseSeconds: toSeconds(response),
    ...(service ? { serviceSeconds: toSeconds(service) } : {}),
    ...(status === 'done' ? {} : { kind: outcome as FailureKind }),
  };
}

function readTask(id: TaskId, fields: Readonly<Record<string, string>>): Result | Pending {
  const status = fields['st'] as TaskState;
  if (status !== 'done' && status !== 'failed') {
    return {
      status,
      taskId: id,
      type: fields['type'] ?? '',
      generatedAtSeconds: toSeconds(fields['gen']),
      deadlineAtSeconds: toSeconds(fields['dl']),
      failedAttempts: Number(fields['att'] ?? 0),
    };
  }
  const times = readTimes(id, fields);
  if (status === 'failed') {
    return { ...times, status, kind: fields['out'] as FailureKind, reason: fields['why'] ?? '' };
  }
  const answer = JSON.parse(fields['ans'] ?? '{}') as {
    readonly summary?: unknown;
    readonly outputs?: Readonly<Record<string, OutputBlob>>;
  };
  return { ...times, status, summary: answer.summary, outputs: answer.outputs ?? {} };
}

function readTimes(id: TaskId, fields: Readonly<Record<string, string>>): ResultTimes {
  const generatedAtSeconds = toSeconds(fields['gen']);
  const collectedAtSeconds = toSeconds(fields['col']);
  return {
    taskId: id,
    type: fields['type'] ?? '',
    generation: Number(fields['gn'] ?? 0),
    failedAttempts: Number(fields['att'] ?? 0),
    generatedAtSeconds,
    collectedAtSeconds,
    deadlineSeconds: (Number(fields['dl']) - Number(fields['gen'])) / 1e6,
    responseSeconds: (Number(fields['col']) - Number(fields['gen'])) / 1e6,
    expectedServiceSeconds: toSeconds(fields['exp']),
    ...(fields['svc'] ? { serviceSeconds: toSeconds(fields['svc']) } : {}),
    metDeadline: fields['met'] === '1',
  };
}
