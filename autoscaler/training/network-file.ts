import type { PolicyFile } from '../../shared/policy/policy-file.ts';
import type { MeanScore } from './candidate-score.ts';
import { FIRST_SCORING_SEED } from './network-selection.ts';

// What the files of both kinds of networks say in the same way.

/** From which to which step a policy may be used: mixed workloads vary it. */
export const STEP_RANGE = { trainedFor: 8, least: 3, most: 30 } as const;

/** What a policy came to on the scoring seeds. */
export function scoreOf(workload: string, score: MeanScore): PolicyFile['scores'][number] {
  return {
    workload,
    seeds: { first: FIRST_SCORING_SEED, last: FIRST_SCORING_SEED + score.episodes - 1 },
    qosPercent: Number((100 - score.missedPercent).toFixed(3)),
    meanWorkers: Number(score.workers.toFixed(3)),
    scalingActions: Number(score.actions.toFixed(3)),
  };
}

/** Six decimals are more than a decision can tell apart, and keep files short. */
export function rounded<Model>(model: Model): Model {
  return JSON.parse(
    JSON.stringify(model, (_, value: unknown) =>
      typeof value === 'number' ? Number(value.toFixed(6)) : value,
    ),
  ) as Model;
}
