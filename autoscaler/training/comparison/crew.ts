import { Worker } from 'node:worker_threads';
import type { EpisodeSummary } from '../episode-summary.ts';
import type { SeedBound } from '../search/bounds.ts';
import type { Fitted } from '../search/fit.ts';
import type { BoundsJob, EpisodesJob, FitJob, Job } from './job.ts';

interface Order {
  readonly job: Job;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Threads that run episodes, each one job at a time. To be closed. */
export class Crew {
  readonly #waiting: Order[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Order>();

  constructor(threads: number) {
    for (let count = 0; count < threads; count += 1) this.#hire();
  }

  episodes(job: EpisodesJob): Promise<EpisodeSummary[]> {
    return this.#run(job) as Promise<EpisodeSummary[]>;
  }

  fit(job: FitJob): Promise<Fitted> {
    return this.#run(job) as Promise<Fitted>;
  }

  bounds(job: BoundsJob): Promise<SeedBound[]> {
    return this.#run(job) as Promise<SeedBound[]>;
  }

  /** What is under way is given up. */
  async close(): Promise<void> {
    this.#waiting.length = 0;
    await Promise.all([...this.#idle, ...this.#busy.keys()].map((thread) => thread.terminate()));
  }

  #run(job: Job): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#hand();
    });
  }

  #hand(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0) {
      const thread = this.#idle.pop();
      const order = this.#waiting.shift();
      if (thread === undefined || order === undefined) return;
      this.#busy.set(thread, order);
      thread.postMessage(order.job);
    }
  }

  #hire(): void {
    const thread = new Worker(new URL('./crew-thread.ts', import.meta.url));
    thread.on('message', (result: unknown) => {
      const order = this.#busy.get(thread);
      this.#busy.delete(thread);
      this.#idle.push(thread);
      order?.resolve(result);
      this.#hand();
    });
    // An error ends the thread: whoever waits for it is told, and another thread takes its place.
    thread.on('error', (error) => {
      const order = this.#busy.get(thread);
      this.#busy.delete(thread);
      this.#hire();
      order?.reject(error);
      this.#hand();
    });
    this.#idle.push(thread);
  }
}
