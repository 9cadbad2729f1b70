/** Bounds within which any policy may act. */
export interface GuardRules {
  readonly minWorkers: number;
  readonly maxWorkers: number;
  /** Most workers added or removed in one step. */
  readonly stepLimit: number;
}

/** Why the pool was set to something else than the policy asked for. */
export type GuardReason = 'min' | 'max' | 'stepLimit' | 'notANumber';

export interface GuardedTarget {
  readonly workers: number;
  readonly reasons: readonly GuardReason[];
}

/**
 * Brings what a policy asks for within bounds: first the step limit, then minimum and maximum. Part of a worker is a
 * whole one, and what is no number changes nothing: it would stay in every figure that follows from it.
 */
export function guardTarget(current: number, asked: number, rules: GuardRules): GuardedTarget {
  const reasons: GuardReason[] = [];
  if (Number.isNaN(asked)) reasons.push('notANumber');
  const wanted = Number.isNaN(asked) ? current : Math.ceil(asked);
  let workers = Math.min(current + rules.stepLimit, Math.max(current - rules.stepLimit, wanted));
  if (workers !== wanted) reasons.push('stepLimit');
  if (workers < rules.minWorkers) {
    workers = rules.minWorkers;
    reasons.push('min');
  }
  if (workers > rules.maxWorkers) {
    workers = rules.maxWorkers;
    reasons.push('max');
  }
  return { workers, reasons };
}
