/** Bounds within which any policy may act. */
export interface GuardRules {
  readonly minWorkers: number;
  readonly maxWorkers: number;
  /** Most workers added or removed in one step. */
  readonly stepLimit: number;
}

/** Why the pool was set to something else than the policy asked for. */
export type GuardReason =
  'min' | 'max' | 'stepLimit' | 'notANumber' | 'cooldown' | 'staleHeartbeat' | 'notHealthyYet';

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

/** What speaks against doing what a policy asks for. */
export interface Caution {
  /** Time since the pool was changed last, and how long it is then left alone. */
  readonly secondsSinceAction: number | undefined;
  readonly cooldownSeconds: number;
  /** Workers that have not been heard of for a while: whether they work on nobody can tell. */
  readonly silentWorkers: number;
  /** Who asks may not have the pool made smaller yet. */
  readonly mayShrink: boolean;
}

/** Leaves the pool as it is where something speaks against the change; the bounds come after. */
export function withCaution(current: number, asked: number, caution: Caution): GuardedTarget {
  const { secondsSinceAction = Infinity, cooldownSeconds, silentWorkers, mayShrink } = caution;
  const reasons: GuardReason[] = [];
  if (asked !== current && secondsSinceAction < cooldownSeconds) reasons.push('cooldown');
  if (asked < current && silentWorkers > 0) reasons.push('staleHeartbeat');
  if (asked < current && !mayShrink) reasons.push('notHealthyYet');
  return { workers: reasons.length > 0 ? current : asked, reasons };
}
