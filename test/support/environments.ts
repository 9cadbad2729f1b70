import { DEFAULT_EPISODE_RULES, Episode } from '../../autoscaler/training/episode.ts';
import type { EpisodeRules } from '../../autoscaler/training/episode.ts';
import type { EnvironmentDefinition, ResetOptions } from '../../autoscaler/training/environment.ts';
import type { LiveEpisode } from '../../autoscaler/training/live-environment.ts';
import { farmhandReward, paperReward } from '../../shared/control/reward.ts';
import { deltasUpTo } from '../../shared/control/spaces.ts';
import type { Farm } from '../../shared/farm/farm-port.ts';
import { farmhandObservation } from '../../shared/policy/farmhand-observation.ts';
import { paperObservation } from '../../shared/policy/paper-observation.ts';
import { workloadFor } from '../../shared/workload/named-workloads.ts';
import type { Workload } from '../../shared/workload/workload.ts';

/** Rules of the published set-up. */
export const paperRules: EpisodeRules = {
  ...DEFAULT_EPISODE_RULES,
  dispatch: { order: 'fifo', lostShare: 0, triageLimit: 32 },
  stepLimit: 1,
  announced: false,
};

/** The paper's schema, actions and reward. */
export const paperDefinition: EnvironmentDefinition = {
  schema: paperObservation(32),
  actionSpace: deltasUpTo(1),
  reward: paperReward,
};

/** Our schema and reward, and wide actions. */
export const farmhandDefinition: EnvironmentDefinition = {
  schema: farmhandObservation(32),
  actionSpace: deltasUpTo(4),
  reward: farmhandReward(),
};

export const trainingSeeds = { seeds: { first: 1, last: 40_000 }, environmentSeed: 1 };

/** Five steps of the paper's load: enough to see, and quick. */
export function aShortLoad(): Workload {
  return { ...workloadFor('paper', 1), steps: 5 };
}

/** A simulated farm behind the port of a live one, whose time passes at the end of each step. */
export function aFarmInVirtualTime(
  workload: Workload,
  rules: EpisodeRules,
): (seed: number, options: ResetOptions) => Promise<LiveEpisode> {
  return async (seed, options) => {
    const episode = new Episode(workload, seed, rules, options.initialWorkers);
    let wanted = workload.initialWorkers;
    const farm: Farm = {
      observe: async () => episode.snapshot,
      scaleTo: async (workers) => {
        wanted = workers;
        const nobody = { takenBack: [], draining: [], removed: [], failures: [] };
        const before = episode.simulation.workers.commanded;
        return { before, asked: workers, applied: workers, started: 0, ...nobody };
      },
    };
    return {
      farm,
      guards: episode.guards,
      stepSeconds: workload.stepSeconds,
      steps: workload.steps,
      endOfStep: async () => {
        episode.act(wanted);
      },
      isDone: () => episode.isTerminated,
    };
  };
}
