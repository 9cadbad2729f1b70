import { DEFAULT_PRICES } from '../../shared/control/reward.ts';
import type { CutDimension } from '../../shared/policy/discretisation.ts';
import type { SarsaSettings } from './sarsa-training.ts';
import type { RunPlan } from './training-run.ts';

/**
 * Where the published observations are cut. Collected tasks and phases left tell the time on the paper's load, about a
 * step a cell; a cell a pool size; the queue coarsely.
 */
export const SARSA_BINS: readonly CutDimension[] = [
  { name: 'phasesLeft', edges: [1, 2, 3] },
  {
    name: 'collectedTasks',
    edges: [
      ...[12, 24, 36, 48, 60, 75, 90],
      ...[150, 210, 270, 330, 390, 450, 540],
      ...[620, 700, 780, 860, 940, 1020, 1100],
    ],
  },
  { name: 'workers', edges: [9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20] },
  { name: 'waitingTasks', edges: [1, 4, 10, 20, 40] },
];

/** Settings of the shipped file; those of the publication are in README.md beside ours. */
export const DEFAULT_SARSA: SarsaSettings = {
  seed: 1,
  reward: 'farmhand',
  prices: { ...DEFAULT_PRICES, missedWorkerSeconds: 30, actionWorkerSeconds: 7 },
  alpha: 0.1,
  alphaEnd: 0.01,
  gamma: 0.99,
  traceLambda: 0.8,
  traceThreshold: 1e-5,
  epsilon: 0.3,
  epsilonEnd: 0.01,
  bins: SARSA_BINS,
  fallback: 'reactive-maximum',
};

export const SARSA_PLAN: RunPlan = {
  episodes: 80_000,
  checkpointEvery: 2000,
  metricsEvery: 200,
  evalEpisodes: 300,
  patience: 0,
  goal: { qosPercent: 99.28, actionWorkers: 0.03 },
};
