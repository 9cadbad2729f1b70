import type { Autoscaler } from './autoscaler.ts';
import type { StepRules } from './control-step.ts';
import type { Decision, Reason, WarningReason } from './decision.ts';
import type { Refusal } from './policy-keeper.ts';
import type { UsablePolicy } from './usable-policy.ts';

/** Decisions that the status shows. */
const SHOWN = 20;

type ShownPolicy = Omit<UsablePolicy, 'policy'>;

export interface Status {
  readonly isPaused: boolean;
  readonly rules: StepRules;
  /** Those that can decide, in the order in which they are preferred. */
  readonly policies: readonly ShownPolicy[];
  readonly fallback: string;
  /** Content that is there and is not used. */
  readonly refused: readonly Refusal[];
  /** Why the policy that decided last does so less well than it could. */
  readonly warnings: readonly Reason<WarningReason>[];
  /** Newest first. */
  readonly decisions: readonly Decision[];
}

export async function statusOf(autoscaler: Autoscaler): Promise<Status> {
  const { policies, rules } = autoscaler;
  await policies.look();
  const [isPaused, decisions] = await Promise.all([autoscaler.isPaused(), autoscaler.latest(SHOWN)]);
  return {
    isPaused,
    rules,
    policies: policies.usable().map(shown),
    fallback: policies.fallback.name,
    refused: policies.refusals(),
    warnings: decisions.find(({ policy }) => policy !== undefined)?.warnings ?? [],
    decisions,
  };
}

function shown(usable: UsablePolicy): ShownPolicy {
  const { policy, ...rest } = usable;
  return { ...rest, name: policy.name };
}
