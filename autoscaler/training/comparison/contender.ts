import { KUBERNETES_PACE, HPA_TARGET_SHARE } from '../../../shared/policy/horizontal-pod-autoscaler.ts';
import { KEDA_LIST_LENGTH } from '../../../shared/policy/keda.ts';
import { SHIPPED_STAFFING } from '../../../shared/policy/shipped-staffing.ts';
import type { PlainPolicy } from './plain-policy.ts';

/** What is fitted to the workload asked for, on seeds that nobody is judged on. */
export const fittedNames = Object.freeze(['hpa-best', 'keda-best', 'staffing-best', 'timetable'] as const);

export type FittedName = (typeof fittedNames)[number];

/** Who takes part in a comparison. */
export type Contender =
  | { readonly kind: 'policy'; readonly policy: PlainPolicy }
  | { readonly kind: 'fitted'; readonly fitted: FittedName }
  /** Searched for each seed, with every arrival known. */
  | { readonly kind: 'best-plan' };

/** Policies that are rules, by name. */
const rules: Readonly<Record<string, PlainPolicy>> = {
  'reactive-average': { kind: 'reactive', estimator: 'average' },
  'reactive-maximum': { kind: 'reactive', estimator: 'maximum' },
  hpa: { kind: 'hpa', targetShare: HPA_TARGET_SHARE, pace: KUBERNETES_PACE },
  keda: { kind: 'keda', listLength: KEDA_LIST_LENGTH, pace: KUBERNETES_PACE },
  staffing: { kind: 'staffing', constants: SHIPPED_STAFFING },
};

/** A policy that is no file: undefined where the name is not one of those. */
export function contenderByName(asked: string): Contender | undefined {
  const rule = rules[asked];
  if (rule !== undefined) return { kind: 'policy', policy: rule };
  const fitted = fittedNames.find((name) => name === asked);
  if (fitted !== undefined) return { kind: 'fitted', fitted };
  if (asked === 'best-plan') return { kind: 'best-plan' };
  const [, workers] = /^static:(\d{1,4})$/.exec(asked) ?? [];
  return workers === undefined
    ? undefined
    : { kind: 'policy', policy: { kind: 'static', workers: Number(workers) } };
}

export const contenderNames: readonly string[] = [
  'static:N',
  ...Object.keys(rules),
  ...fittedNames,
  'best-plan',
];
