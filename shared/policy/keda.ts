import { KUBERNETES_PACE, pacedAutoscaler } from './horizontal-pod-autoscaler.ts';
import type { AutoscalerPace } from './horizontal-pod-autoscaler.ts';
import type { Policy } from './policy.ts';

/** `listLength` of KEDA's Redis scaler, by default. */
export const KEDA_LIST_LENGTH = 5;

/**
 * A rule like KEDA's Redis list scaler: so many waiting tasks a worker. KEDA hands the length to a
 * HorizontalPodAutoscaler as an average value, so pace, tolerance and limits are that one's; its own polling only
 * matters between 0 and 1, and the farm keeps one worker.
 */
export function kedaListLength(
  listLength = KEDA_LIST_LENGTH,
  pace: AutoscalerPace = KUBERNETES_PACE,
): Policy {
  return pacedAutoscaler('keda', pace, ({ waitingTasks, workers }) => ({
    ratio: workers > 0 ? waitingTasks / (listLength * workers) : Infinity,
    desired: Math.max(1, Math.ceil(waitingTasks / listLength)),
  }));
}
