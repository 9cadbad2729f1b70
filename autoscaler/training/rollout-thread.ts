import { parentPort, workerData } from 'node:worker_threads';
import { scoreCandidate } from './candidate-score.ts';
import type { CrewOrder, CrewTask } from './rollout-crew.ts';
import { Rollouts } from './rollout.ts';

const { rules, plan } = workerData as CrewTask;
const rollouts = new Rollouts(rules);

parentPort?.on('message', ({ genomes, meetings }: CrewOrder) => {
  parentPort?.postMessage(genomes.map((genome) => scoreCandidate(genome, plan, meetings, rollouts)));
});
