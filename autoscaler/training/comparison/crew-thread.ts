import { parentPort } from 'node:worker_threads';
import { runEpisodes, runFit } from './job.ts';
import type { Job } from './job.ts';

/** One thread of a crew: does what it is sent, one job after the other. */
parentPort?.on('message', (job: Job) => {
  parentPort?.postMessage(job.kind === 'fit' ? runFit(job) : runEpisodes(job));
});
