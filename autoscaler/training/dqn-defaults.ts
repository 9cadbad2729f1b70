import { DEFAULT_PRICES } from '../../shared/control/reward.ts';
import type { DqnSettings } from './dqn-training.ts';
import type { RunPlan } from './training-run.ts';

/** Settings of the shipped file; those of the publication are in README.md beside ours. */
export const DEFAULT_DQN: DqnSettings = {
  seed: 1,
  reward: 'farmhand',
  prices: { ...DEFAULT_PRICES, missedWorkerSeconds: 26, actionWorkerSeconds: 5, referenceWorkers: 12 },
  hiddenLayers: [64, 32],
  learningRate: 2e-3,
  learningRateEnd: 1e-4,
  gamma: 0.99,
  batchSize: 64,
  replayCapacity: 75_000,
  warmupSteps: 400,
  trainEvery: 2,
  targetUpdate: 300,
  targetTau: 1,
  maxGradNorm: 3,
  rewardClip: 100,
  epsilonStart: 0.8,
  epsilonEnd: 0.02,
  epsilonShare: 0.5,
};

export const DQN_PLAN: RunPlan = {
  episodes: 1400,
  checkpointEvery: 50,
  metricsEvery: 5,
  evalEpisodes: 300,
  patience: 0,
  goal: { qosPercent: 98.8, actionWorkers: 0.02 },
};
