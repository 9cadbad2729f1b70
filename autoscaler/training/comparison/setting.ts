import type { DispatchOrder } from '../../../shared/farm/dispatch-order.ts';
import { DEFAULT_DISPATCH } from '../../../shared/farm/dispatch-order.ts';
import { DEFAULT_EPISODE_RULES } from '../episode.ts';
import type { EpisodeRules } from '../episode.ts';
import { endsWhenDone } from '../workload-source.ts';
import type { WorkloadSource } from '../workload-source.ts';

/** Under which conditions policies are compared; the same for all of them. Plain data. */
export interface ComparisonSetting {
  readonly dispatch: DispatchOrder;
  /** Most workers added or removed in one step. */
  readonly actions: number;
  /** Whether policies see the planned rate. */
  readonly announced: boolean;
  /** One claim in this many goes to a task that has been lost for long; 0 for none. */
  readonly lostShare: number;
}

/** The same for one workload. */
export function episodeRules(source: WorkloadSource, setting: ComparisonSetting): EpisodeRules {
  const { dispatch, actions, announced, lostShare } = setting;
  return {
    ...DEFAULT_EPISODE_RULES,
    dispatch: { ...DEFAULT_DISPATCH, order: dispatch, lostShare },
    stepLimit: actions,
    announced,
    endsWhenDone: endsWhenDone(source),
  };
}
