/** Anything JSON can say; what a summary may hold, because it is stored in the Result as JSON. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A JSON object. */
export type JsonObject = Readonly<Record<string, JsonValue>>;

/** What `work()` gets: one claimed task, its options as the submitter gave them, and its input. */
export interface TaskInput {
  readonly taskId: string;
  readonly type: string;
  /** JSON from the submitter. The task type parses it: only it knows what its options mean. */
  readonly options: unknown;
  /** The input blob; absent where a task carries none. */
  readonly body?: Buffer;
  /** What the service-time model expects of this task, in seconds. */
  readonly expectedServiceSeconds: number;
  /** Aborted when the task is to be handed back; `work()` should then stop soon, by throwing the reason. */
  readonly signal: AbortSignal;
}

/** One output of a task, kept in the blob store and served by the collector under its name. */
export interface OutputBytes {
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

/** What `work()` answers with. */
export interface TaskOutput {
  /** Small facts, stored in the Result itself. */
  readonly summary: JsonObject;
  /** The outputs by name, such as `thumbnail`. */
  readonly blobs: Readonly<Record<string, OutputBytes>>;
}

/** A task type is one file `worker/tasks/<name>.ts` that exports one of these as `work`. */
export type Work = (input: TaskInput) => Promise<TaskOutput>;

/**
 * The input can never succeed, here or on any other worker: the Result is `failed` with this message, the
 * task is not retried, and it stands outside QoS. Everything else that `work()` throws is retried.
 */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}
