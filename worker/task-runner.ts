import { pause, unlessAborted } from './abortable.ts';
import { reasonOf } from './reason.ts';
import { TaskThread, ThreadEnded } from './task-thread.ts';
import type { ReadyReport, ThreadTask, WorkOutcome } from './thread-message.ts';

/** Between the abort of a task's signal and the end of its thread: time for a clean stop. */
const ABORT_SECONDS = 0.2;

/** Between the ends of threads that did not even get ready. */
const RESTART_SECONDS = 1;

export interface TaskRunnerSettings {
  readonly folder: string;
  readonly heapMebibytes: number;
  /** How long `work()` may take; 0 for no limit. */
  readonly timeoutSeconds: number;
}

/** Nothing came of it, and nobody is to blame: the task was to be handed back first. */
export interface Abandoned {
  readonly kind: 'abandoned';
}

/** This process cannot start a thread for tasks: it had better end, and be started anew. */
export class NoThread extends Error {
  override readonly name = 'NoThread';
}

/**
 * Keeps one warm thread for tasks, and another one when it is gone. A task always ends: with what `work()` says, with
 * its time-out, with the crash of its thread, or abandoned.
 */
export class TaskRunner {
  readonly #closed = new AbortController();
  readonly #settings: TaskRunnerSettings;
  readonly #onCrash: (reason: string) => void;
  #thread: TaskThread;

  /** @param onCrash told about each thread that ended without being asked to */
  constructor(settings: TaskRunnerSettings, onCrash: (reason: string) => void) {
    this.#settings = settings;
    this.#onCrash = onCrash;
    this.#thread = this.#startThread();
  }

  /** @throws ThreadEnded where the thread cannot even start */
  ready(): Promise<ReadyReport> {
    return this.#thread.ready;
  }

  /** @throws NoThread: the task is not to blame, and this process can do none */
  async run(task: ThreadTask, handBack: AbortSignal): Promise<WorkOutcome | Abandoned> {
    const startedMs = performance.now();
    const tookSeconds = (): number => (performance.now() - startedMs) / 1000;
    const thread = await this.#readyThread();
    try {
      return await this.#bounded(thread, task, handBack);
    } catch (error) {
      return { kind: 'error', reason: reasonOf(error), serviceSeconds: tookSeconds() };
    }
  }

  /** Ends the thread for good. */
  close(): void {
    this.#closed.abort();
    this.#thread.terminate();
  }

  async #readyThread(): Promise<TaskThread> {
    const thread = this.#thread;
    try {
      await thread.ready;
      return thread;
    } catch (error) {
      throw new NoThread('No thread for tasks could be started', { cause: error });
    }
  }

  async #bounded(
    thread: TaskThread,
    task: ThreadTask,
    handBack: AbortSignal,
  ): Promise<WorkOutcome | Abandoned> {
    const { timeoutSeconds } = this.#settings;
    const timeout = new AbortController();
    const timer =
      timeoutSeconds === 0
        ? undefined
        : setTimeout(() => {
            timeout.abort();
          }, timeoutSeconds * 1000);
    const outcome = thread.work(task);
    try {
      const inTime = await unlessAborted(unlessAborted(outcome, timeout.signal), handBack);
      return inTime ?? (await this.#cutShort(thread, outcome, handBack.aborted));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Asks the task to stop, then makes it. What it still finishes counts. */
  async #cutShort(
    thread: TaskThread,
    outcome: Promise<WorkOutcome>,
    isHandBack: boolean,
  ): Promise<WorkOutcome | Abandoned> {
    thread.abort();
    const last = await Promise.race([
      outcome.catch(() => undefined),
      pause(ABORT_SECONDS, this.#closed.signal),
    ]);
    if (last === undefined) this.#replace(thread);
    if (last !== undefined && last.kind !== 'error') return last;
    if (isHandBack) return { kind: 'abandoned' };
    throw new ThreadEnded(`work() took longer than ${String(this.#settings.timeoutSeconds)} s and was ended`);
  }

  #replace(thread: TaskThread): void {
    this.#thread = this.#startThread();
    thread.terminate();
  }

  #startThread(): TaskThread {
    const { folder, heapMebibytes } = this.#settings;
    const thread = new TaskThread({ folder }, { heapMebibytes });
    if (this.#closed.signal.aborted) thread.terminate();
    void this.#watch(thread);
    return thread;
  }

  async #watch(thread: TaskThread): Promise<void> {
    const wasReady = thread.ready.then(
      () => true,
      () => false,
    );
    const reason = await thread.ended;
    if (this.#closed.signal.aborted || this.#thread !== thread) return;
    this.#onCrash(reason);
    if (!(await wasReady)) await pause(RESTART_SECONDS, this.#closed.signal);
    this.#thread = this.#startThread();
  }
}
