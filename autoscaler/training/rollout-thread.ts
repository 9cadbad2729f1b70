import { parentPort, workerData } from 'node:worker_threads';
import { scoreCandidate } from './candidate-score.ts';
import type { CrewJob, CrewTask } from './rollout-crew.ts';
import { Rollouts } from './rollout.ts';

const { rules, plan } = workerData as CrewTask;
const rollouts = new Rollouts(rules);

parentPort?.on('message', (jobs: readonly CrewJob[]) => {
  parentPort?.postMessage(
    jobs.map(({ genome, meetings }) => scoreCandidate(genome, plan, meetings, rollouts)),
  );
});
