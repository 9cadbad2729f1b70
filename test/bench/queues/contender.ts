import type { Payload } from './payload.ts';

/** What a consuming process tells the benchmark. */
export interface Watch {
  /** The task is in the worker's hands. */
  readonly taken: (payload: Payload) => void;
  /** Its completion has been recorded: Redis has said so. */
  readonly recorded: () => void;
}

/** One end of a queue, in a process of its own. */
export interface End {
  /** Resolves when the end of the queue no longer does anything. */
  stop(): Promise<void>;
}

export interface Producer extends End {
  /** Resolves when Redis has taken all of them. */
  send(payloads: readonly Payload[]): Promise<void>;
}

/** A way to hand tasks from process to process over one Redis. */
export interface Contender {
  /** Once, on an empty Redis, before any process starts. */
  prepare(redisUrl: string): Promise<void>;
  produce(redisUrl: string): Promise<Producer>;
  consume(redisUrl: string, watch: Watch): Promise<End>;
  /** Collects what was recorded; `response` is told how long each task took from generation to collection. */
  collect?(redisUrl: string, collected: (responseMs: number) => void): Promise<End>;
}
