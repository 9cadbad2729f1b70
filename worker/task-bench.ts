import type { Answer, OutputBlob } from '../shared/farm/result.ts';
import type { BlobRef, Lease } from '../shared/farm/task.ts';
import { BlobLedger } from '../shared/io/redis/blob-store.ts';
import { freeUnused } from './memory.ts';
import { isRefusedForNow, patiently } from './patience.ts';
import { reasonOf } from './reason.ts';
import type { NamedOutput } from './task-output.ts';
import { NoThread } from './task-runner.ts';
import type { Abandoned, TaskRunner } from './task-runner.ts';
import type { ThreadTask, WorkOutcome } from './thread-message.ts';

/** Outputs of a task up to this size are stored at one time. */
const TOGETHER_BYTES = 4 * 1024 * 1024;

export type TimedAnswer = Answer & { readonly serviceSeconds?: number };

/** From a lease to an answer: fetches the input, has the work done, stores the outputs. */
export class TaskBench {
  readonly #blobs: Pick<BlobLedger, 'get' | 'put'>;
  readonly #runner: Pick<TaskRunner, 'run'>;
  readonly #onRefusal: (error: unknown) => void;

  /** @param onRefusal told whenever Redis refuses an input or an output for now */
  constructor(
    blobs: Pick<BlobLedger, 'get' | 'put'>,
    runner: Pick<TaskRunner, 'run'>,
    onRefusal: (error: unknown) => void,
  ) {
    this.#blobs = blobs;
    this.#runner = runner;
    this.#onRefusal = onRefusal;
  }

  /**
   * Comes to an answer, or abandons the task when `handBack` aborts.
   *
   * @throws NoThread
   */
  async attempt(lease: Lease, handBack: AbortSignal): Promise<TimedAnswer | Abandoned> {
    try {
      const task = await this.#prepare(lease, handBack);
      if ('kind' in task || 'outcome' in task) return task;
      const outcome = await this.#runner.run(task, handBack);
      return outcome.kind === 'abandoned' ? outcome : await this.#answer(outcome, handBack);
    } catch (error) {
      if (error instanceof NoThread) throw error;
      return { outcome: 'error', reason: `the worker could not do it: ${reasonOf(error)}` };
    }
  }

  async #prepare(lease: Lease, handBack: AbortSignal): Promise<ThreadTask | TimedAnswer | Abandoned> {
    const { taskId, type, expectedServiceSeconds, input } = lease;
    const options = parsed(lease.options);
    if (options === undefined) return { outcome: 'invalid', reason: 'the options are not JSON' };
    const task = { taskId, type, options, expectedServiceSeconds };
    if (input === undefined) return task;
    const body = await this.#patiently(async () => (await this.#blobs.get(input)) ?? 'gone', handBack);
    if (body === undefined) return { kind: 'abandoned' };
    // The farm's fault, not the submitter's: it goes through the attempts and counts in QoS.
    if (body === 'gone') return { outcome: 'error', reason: 'its input is gone from the blob store' };
    freeUnused(body.byteLength);
    return { ...task, body };
  }

  async #answer(outcome: WorkOutcome, handBack: AbortSignal): Promise<TimedAnswer | Abandoned> {
    const { serviceSeconds } = outcome;
    if (outcome.kind !== 'done') return { outcome: outcome.kind, reason: outcome.reason, serviceSeconds };
    const stored = await this.#patiently(() => this.#store(outcome.outputs), handBack);
    if (stored === undefined) return { kind: 'abandoned' };
    return { outcome: 'done', summary: outcome.summary, outputs: stored, serviceSeconds };
  }

  async #store(outputs: readonly NamedOutput[]): Promise<Record<string, OutputBlob>> {
    const stored: Record<string, OutputBlob> = {};
    for (const batch of batches(outputs)) {
      const blobs = new Map<BlobRef, Uint8Array>();
      for (const { name, contentType, bytes } of batch) {
        const ref = BlobLedger.newRef();
        stored[name] = { ref, contentType, bytes: bytes.byteLength };
        blobs.set(ref, bytes);
      }
      await this.#blobs.put(blobs, 0);
      freeUnused(sizeOf(batch));
    }
    return stored;
  }

  #patiently<T>(step: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    return patiently(step, { signal, onRefusal: this.#onRefusal }, isRefusedForNow);
  }
}

/** Small outputs go together, for the sake of round trips; large ones one by one, because each is copied on its way. */
function batches(outputs: readonly NamedOutput[]): readonly (readonly NamedOutput[])[] {
  return sizeOf(outputs) <= TOGETHER_BYTES ? [outputs] : outputs.map((output) => [output]);
}

function sizeOf(outputs: readonly NamedOutput[]): number {
  return outputs.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
}

function parsed(options: string): unknown {
  try {
    return JSON.parse(options) as unknown;
  } catch {
    return undefined;
  }
}
