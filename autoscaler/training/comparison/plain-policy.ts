import { fixed } from '../../../shared/policy/fixed.ts';
import { horizontalPodAutoscaler } from '../../../shared/policy/horizontal-pod-autoscaler.ts';
import type { AutoscalerPace } from '../../../shared/policy/horizontal-pod-autoscaler.ts';
import { kedaListLength } from '../../../shared/policy/keda.ts';
import type { Policy } from '../../../shared/policy/policy.ts';
import { reactive } from '../../../shared/policy/reactive.ts';
import type { ResponseEstimator } from '../../../shared/policy/reactive.ts';
import { timetable } from '../../../shared/policy/timetable.ts';
import { tunedStaffing } from '../../../shared/policy/tuned-staffing.ts';
import type { TunedStaffingConstants } from '../../../shared/policy/tuned-staffing.ts';
import { policyOf } from './policy-file.ts';
import type { PolicyFileContent } from './policy-file.ts';

/** A policy as plain data, so that it can be sent to a thread. */
export type PlainPolicy =
  | { readonly kind: 'static'; readonly workers: number }
  | { readonly kind: 'reactive'; readonly estimator: ResponseEstimator }
  | { readonly kind: 'staffing'; readonly constants: TunedStaffingConstants }
  | { readonly kind: 'hpa'; readonly targetShare: number; readonly pace: AutoscalerPace }
  | { readonly kind: 'keda'; readonly listLength: number; readonly pace: AutoscalerPace }
  | { readonly kind: 'timetable'; readonly workersByStep: readonly number[] }
  | { readonly kind: 'file'; readonly content: PolicyFileContent };

export function makePolicy(plain: PlainPolicy): Policy {
  switch (plain.kind) {
    case 'static':
      return fixed(plain.workers);
    case 'reactive':
      return reactive(plain.estimator);
    case 'staffing':
      return tunedStaffing(plain.constants);
    case 'hpa':
      return horizontalPodAutoscaler(plain.targetShare, plain.pace);
    case 'keda':
      return kedaListLength(plain.listLength, plain.pace);
    case 'timetable':
      return timetable(plain.workersByStep);
    case 'file':
      return policyOf(plain.content);
  }
}
