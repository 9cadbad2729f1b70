import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Threads that run a script of this folder, each told once what it works on, and then asked again and again. */
export class ThreadCrew<Order, Answer> {
  readonly #threads: readonly Worker[];
  /** Each rejects when its thread ends. */
  readonly #ends: readonly Promise<never>[];

  /** @param tasks what each thread is told once, as its `workerData` */
  constructor(script: URL, tasks: readonly unknown[]) {
    this.#threads = tasks.map((workerData) => new Worker(script, { workerData }));
    this.#ends = this.#threads.map(endOf);
  }

  /** Asks every thread at the same time; the answers are in the order of the threads. */
  ask(orderFor: (thread: number) => Order): Promise<Answer[]> {
    return Promise.all(
      this.#threads.map(async (thread, at) => {
        thread.postMessage(orderFor(at));
        return Promise.race([answerOf<Answer>(thread), this.#ends[at]]) as Promise<Answer>;
      }),
    );
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}

/** Rejects where the thread fails. */
async function answerOf<Answer>(thread: Worker): Promise<Answer> {
  const [answer] = (await once(thread, 'message')) as [Answer];
  return answer;
}

function endOf(thread: Worker): Promise<never> {
  const end = new Promise<never>((_, reject) => {
    thread.once('exit', (code) => {
      reject(new Error(`A training thread ended with code ${String(code)} before it had answered.`));
    });
  });
  // It counts only while an answer is waited for.
  end.catch(() => undefined);
  return end;
}

/** Deals things out like cards: what each of so many threads gets. */
export function dealt<Thing>(things: readonly Thing[], threads: number): Thing[][] {
  return Array.from({ length: threads }, (_, thread) => things.filter((__, at) => at % threads === thread));
}

/** Puts answers to what was dealt out back into its order. */
export function gathered<Answer>(answers: readonly (readonly Answer[])[], count: number): Answer[] {
  return Array.from({ length: count }, (_, at) => {
    const answer = answers[at % answers.length]?.[Math.floor(at / answers.length)];
    if (answer === undefined) throw new Error(`A training thread left number ${String(at)} out.`);
    return answer;
  });
}
