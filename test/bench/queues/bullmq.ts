import { Queue, Worker } from 'bullmq';
import type { Contender } from './contender.ts';
import type { Payload } from './payload.ts';

/**
 * BullMQ as its documentation sets it up for speed: jobs are removed when they are completed, in one process one
 * worker with one job at a time, many jobs added by addBulk. No priorities: its queue stays a plain list.
 */
export const bullmq: Contender = {
  prepare: async () => undefined,
  produce: async (url) => {
    const queue = new Queue<Payload>('bench', { connection: connection(url) });
    await queue.waitUntilReady();
    const opts = { removeOnComplete: true };
    return {
      send: async (payloads) => {
        const jobs = payloads.map((data) => ({ name: 'nothing', data, opts }));
        const [only] = jobs;
        if (only !== undefined && jobs.length === 1) await queue.add(only.name, only.data, opts);
        else await queue.addBulk(jobs);
      },
      stop: () => queue.close(),
    };
  },
  consume: async (url, watch) => {
    const work = async ({ data }: { readonly data: Payload }): Promise<void> => {
      watch.taken(data);
    };
    const worker = new Worker<Payload>('bench', work, { connection: connection(url), concurrency: 1 });
    worker.on('completed', watch.recorded);
    worker.on('error', (error) => {
      throw error;
    });
    await worker.waitUntilReady();
    return { stop: () => worker.close(true) };
  },
};

function connection(url: string): { host: string; port: number; maxRetriesPerRequest: null } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port), maxRetriesPerRequest: null };
}
