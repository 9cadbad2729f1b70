import type { Policy } from '../../shared/policy/policy.ts';
import type { Workload } from '../../shared/workload/workload.ts';
import { runEpisode } from './episode.ts';
import type { EpisodeRules } from './episode.ts';
import { EpisodeDraw } from './episode-draw.ts';
import { summarise } from './episode-summary.ts';
import type { EpisodeSummary } from './episode-summary.ts';
import type { LearningSetup } from './published-setup.ts';

/** Means over episodes. */
export interface Evaluation {
  readonly episodes: number;
  readonly qosPercent: number;
  readonly meanWorkers: number;
  readonly scalingActions: number;
}

/** Judges policies on the same seeds again and again, and keeps their tasks meanwhile. */
export class Evaluator {
  readonly #workloadOf: (seed: number) => Workload;
  readonly #rules: EpisodeRules;
  readonly #seeds: readonly number[];

  constructor(
    { workloadOf, rules }: LearningSetup,
    seeds: { readonly first: number; readonly last: number },
  ) {
    const count = seeds.last - seeds.first + 1;
    const draws = new Map<number, EpisodeDraw>();
    this.#workloadOf = workloadOf;
    this.#seeds = Array.from({ length: count }, (_, index) => seeds.first + index);
    this.#rules = { ...rules, draws: (load, seed) => drawOnce(draws, load, seed, rules) };
  }

  evaluate(policy: Policy): Evaluation {
    const summaries = this.#seeds.map((seed) =>
      summarise(runEpisode(policy, this.#workloadOf(seed), seed, this.#rules)),
    );
    const mean = (of: (summary: EpisodeSummary) => number): number =>
      summaries.reduce((sum, summary) => sum + of(summary), 0) / summaries.length;
    return {
      episodes: summaries.length,
      qosPercent: mean(({ qosPercent }) => qosPercent ?? 0),
      meanWorkers: mean(({ meanWorkers }) => meanWorkers),
      scalingActions: mean(({ scalingActions }) => scalingActions),
    };
  }
}

function drawOnce(
  known: Map<number, EpisodeDraw>,
  workload: Workload,
  seed: number,
  rules: EpisodeRules,
): EpisodeDraw {
  const draw = known.get(seed) ?? new EpisodeDraw(workload, seed, rules);
  known.set(seed, draw);
  return draw;
}

/** What a policy is selected for. */
export interface SelectionGoal {
  /** Reached first of all; a margin above what is promised, because selection flatters. */
  readonly qosPercent: number;
  /** Workers that one scaling action weighs as much as. */
  readonly actionWorkers: number;
}

/** Workers that one percent of QoS below the goal weighs as much as. */
const SHORTFALL_WORKERS = 20;

/** What a policy costs, in workers: what is selected costs least. */
export function selectionCost(evaluation: Evaluation, goal: SelectionGoal): number {
  const shortfall = Math.max(0, goal.qosPercent - evaluation.qosPercent);
  return (
    evaluation.meanWorkers + goal.actionWorkers * evaluation.scalingActions + SHORTFALL_WORKERS * shortfall
  );
}
