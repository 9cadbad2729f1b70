import { isMarkedAsUntransferable, Worker } from 'node:worker_threads';
import { reasonOf } from './reason.ts';
import type {
  FromThread,
  ReadyReport,
  ThreadStart,
  ThreadTask,
  ToThread,
  WorkOutcome,
} from './thread-message.ts';

/** A thread came to its end while somebody counted on it. */
export class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded';
}

export interface ThreadLimits {
  /** The thread's JavaScript heap. Buffers and what sharp holds are outside of it. */
  readonly heapMebibytes: number;
}

/**
 * One thread in which tasks are worked on, one after the other, from its start to its end. Nothing in this process
 * waits for it: code that blocks keeps only its own thread.
 */
export class TaskThread {
  /** Resolves when the task types are loaded; rejects with ThreadEnded where it comes to its end before. */
  readonly ready: Promise<ReadyReport>;
  /** Resolves with the reason when the thread has ended. */
  readonly ended: Promise<string>;
  readonly #worker: Worker;
  /** Of the task that is under way. Not hung on `ended`, which would keep every outcome for as long as the thread. */
  #waiting: PromiseWithResolvers<WorkOutcome> | undefined;
  #endReason: string | undefined;

  constructor(start: ThreadStart, limits: ThreadLimits) {
    this.#worker = new Worker(new URL('./task-thread-main.ts', import.meta.url), {
      workerData: start,
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMebibytes },
    });
    this.ended = endOf(this.#worker);
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromThread) => {
        if (message.kind === 'ready') resolve(message);
        else
          this.#settle((waiting) => {
            waiting.resolve(message.outcome);
          });
      });
      void this.ended.then((reason) => {
        this.#endReason = reason;
        reject(new ThreadEnded(reason));
        this.#settle((waiting) => {
          waiting.reject(new ThreadEnded(reason));
        });
      });
    });
    // Whoever needs it asks for it; a thread that nobody asks for may end as well.
    this.ready.catch(() => undefined);
  }

  /**
   * Starts a task; the one before must have ended.
   *
   * @throws ThreadEnded
   */
  work(task: ThreadTask): Promise<WorkOutcome> {
    if (this.#endReason !== undefined) return Promise.reject(new ThreadEnded(this.#endReason));
    const waiting = Promise.withResolvers<WorkOutcome>();
    this.#waiting = waiting;
    const body = task.body === undefined ? undefined : transferable(task.body);
    const sent = body === undefined ? task : { ...task, body };
    this.#send({ kind: 'work', task: sent }, body === undefined ? [] : [body.buffer]);
    return waiting.promise;
  }

  /** Aborts the signal of the task that is under way. */
  abort(): void {
    this.#send({ kind: 'abort' });
  }

  /** Ends the thread, whatever it does. Native code (sharp) comes to the end of its call first. */
  terminate(): void {
    void this.#worker.terminate();
  }

  #settle(how: (waiting: PromiseWithResolvers<WorkOutcome>) => void): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) how(waiting);
  }

  #send(message: ToThread, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}

function endOf(worker: Worker): Promise<string> {
  return new Promise((resolve) => {
    worker.once('error', (error) => {
      resolve(`the task's thread ended: ${reasonOf(error)}`);
    });
    worker.once('exit', (code) => {
      resolve(`the task's thread ended by itself, with exit code ${String(code)}`);
    });
  });
}

/** The same bytes in a buffer of their own, copied only where they share it or it must stay here. */
function transferable(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  return isWhole && !isMarkedAsUntransferable(buffer) ? new Uint8Array(buffer) : Uint8Array.from(bytes);
}
