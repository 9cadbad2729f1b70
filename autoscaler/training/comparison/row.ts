import type { DispatchOrder } from '../../../shared/farm/dispatch-order.ts';
import type { EpisodeSummary } from '../episode-summary.ts';
import { estimate } from './estimate.ts';
import type { Estimate } from './estimate.ts';
import type { ComparisonSetting } from './setting.ts';

/** What one policy came to on one workload. Null where there is no figure, because nothing fell due. */
export interface ComparisonRow {
  /** As they were asked for. */
  readonly policy: string;
  readonly workload: string;
  readonly dispatch: DispatchOrder;
  readonly actions: number;
  readonly announced: boolean;
  readonly episodes: number;
  readonly qosPercent: Estimate | null;
  readonly meanWorkers: Estimate | null;
  readonly maxWorkers: Estimate | null;
  readonly workerSeconds: Estimate | null;
  readonly scalingActions: Estimate | null;
  readonly reversals: Estimate | null;
  readonly tardinessP95Seconds: Estimate | null;
  readonly tardinessMaxSeconds: Estimate | null;
  /** By expected service time, from the shortest quarter of the tasks to the longest. */
  readonly qosPercentByQuartile: readonly (number | null)[];
  /** Over all episodes; must be 0. */
  readonly dropped: number;
}

export interface RowHead {
  readonly policy: string;
  readonly workload: string;
  readonly setting: ComparisonSetting;
}

export function comparisonRow(head: RowHead, episodes: readonly EpisodeSummary[]): ComparisonRow {
  const { dispatch, actions, announced } = head.setting;
  const of = (figure: (episode: EpisodeSummary) => number | undefined): Estimate | null =>
    estimate(episodes.map(figure).filter((each) => each !== undefined)) ?? null;
  return {
    policy: head.policy,
    workload: head.workload,
    dispatch,
    actions,
    announced,
    episodes: episodes.length,
    qosPercent: of((episode) => episode.qosPercent),
    meanWorkers: of((episode) => episode.meanWorkers),
    maxWorkers: of((episode) => episode.maxWorkers),
    workerSeconds: of((episode) => episode.workerSeconds),
    scalingActions: of((episode) => episode.scalingActions),
    reversals: of((episode) => episode.reversals),
    tardinessP95Seconds: of((episode) => episode.tardinessP95Seconds),
    tardinessMaxSeconds: of((episode) => episode.tardinessMaxSeconds),
    qosPercentByQuartile: [0, 1, 2, 3].map(
      (quarter) => of((episode) => episode.qosPercentByQuartile[quarter])?.mean ?? null,
    ),
    dropped: episodes.reduce((sum, { dropped }) => sum + dropped, 0),
  };
}
