import { fixed } from '../../../shared/policy/fixed.ts';
import type { Policy } from '../../../shared/policy/policy.ts';
import type { EpisodeRules } from '../episode.ts';
import { loadMix } from './load-mix.ts';
import type { MixedLoad } from './load-mix.ts';
import { tryPolicy, withDraws } from './trial.ts';
import type { FitContext, TrialResult } from './trial.ts';

/** What a fixed pool of each size comes to on one load, from one worker on. */
type Frontier = readonly TrialResult[];

interface Case {
  readonly contexts: readonly FitContext[];
  readonly frontier: Frontier;
}

/** Cost, in shares of the pool of equal QoS, that a point of QoS below the target stands for; up to so many points. */
const COST_PER_POINT = 0.1;
const MOST_POINTS = 10;

/**
 * Scores a policy on many loads at once: its workers as a share of the fixed pool of equal QoS, and what QoS is
 * missing, on average over the loads, announced and not.
 */
export class MixScore {
  readonly #targetQosPercent: number;
  readonly #cases: readonly Case[];

  constructor(rules: EpisodeRules, targetQosPercent: number, seeds: readonly number[]) {
    this.#targetQosPercent = targetQosPercent;
    this.#cases = loadMix.map((load) => this.#caseOf(load, rules, seeds));
  }

  of(policy: Policy, seeds: readonly number[]): number {
    const scores = this.#cases.flatMap(({ contexts, frontier }) =>
      contexts.map((context) => this.#score(tryPolicy(policy, context, seeds), frontier)),
    );
    return scores.reduce((sum, score) => sum + score, 0) / scores.length;
  }

  #caseOf({ workload }: MixedLoad, rules: EpisodeRules, seeds: readonly number[]): Case {
    const drawn = withDraws({ ...rules, endsWhenDone: false });
    const contexts = [false, true].map((announced) => ({
      workload,
      rules: { ...drawn, announced },
      targetQosPercent: this.#targetQosPercent,
    }));
    const { maxWorkers } = workload(seeds[0] ?? 1);
    const sizes = Array.from({ length: maxWorkers }, (_, index) => index + 1);
    const [context] = contexts;
    return {
      contexts,
      frontier: context === undefined ? [] : sizes.map((size) => tryPolicy(fixed(size), context, seeds)),
    };
  }

  #score({ qosPercent, meanWorkers }: TrialResult, frontier: Frontier): number {
    const missing = Math.max(0, this.#targetQosPercent - qosPercent);
    const pool = equalPool(frontier, Math.min(qosPercent, this.#targetQosPercent + 0.5));
    return meanWorkers / pool + COST_PER_POINT * Math.min(missing, MOST_POINTS);
  }
}

/** The pool of that QoS, between two sizes. */
function equalPool(frontier: Frontier, qosPercent: number): number {
  const above = frontier.findIndex((pool) => pool.qosPercent >= qosPercent);
  if (above <= 0) return above === 0 ? 1 : Math.max(1, frontier.length);
  const low = frontier[above - 1]?.qosPercent ?? 0;
  const high = frontier[above]?.qosPercent ?? 100;
  return above + (high > low ? (qosPercent - low) / (high - low) : 1);
}
