import { parentPort } from 'node:worker_threads';
import { runBounds, runEpisodes, runFit } from './job.ts';
import type { Job } from './job.ts';

/** One thread of a crew: does what it is sent, one job after the other. */
parentPort?.on('message', (job: Job) => {
  parentPort?.postMessage(done(job));
});

function done(job: Job): unknown {
  switch (job.kind) {
    case 'episodes':
      return runEpisodes(job);
    case 'fit':
      return runFit(job);
    case 'bounds':
      return runBounds(job);
  }
}
