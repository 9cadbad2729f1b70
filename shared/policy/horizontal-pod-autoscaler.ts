import type { Observation } from '../control/observation.ts';
import type { Policy } from './policy.ts';

/**
 * How Kubernetes' HorizontalPodAutoscaler paces and limits itself. The defaults are the published ones of
 * kube-controller-manager and of autoscaling/v2 (`behavior` left out).
 */
export interface AutoscalerPace {
  /** `--horizontal-pod-autoscaler-sync-period` */
  readonly syncSeconds: number;
  /** `--horizontal-pod-autoscaler-tolerance`: as far from 1 as the ratio may be without anything being done. */
  readonly tolerance: number;
  /** `scaleDown.stabilizationWindowSeconds`: the highest figure recommended within it holds. */
  readonly downscaleWindowSeconds: number;
}

export const KUBERNETES_PACE: AutoscalerPace = {
  syncSeconds: 15,
  tolerance: 0.1,
  downscaleWindowSeconds: 300,
};

/** What the target metric makes of the pool, before tolerance and limits. */
export interface MetricReading {
  /** Metric ÷ target: 1 where the pool is right as it is. */
  readonly ratio: number;
  readonly desired: number;
}

/** Busy share of the ready workers that the rule steers to; there is no default in Kubernetes, 70 % is customary. */
export const HPA_TARGET_SHARE = 0.7;

/** A rule like the HorizontalPodAutoscaler's on CPU: workers in proportion to the busy share of the ready ones. */
export function horizontalPodAutoscaler(
  targetShare = HPA_TARGET_SHARE,
  pace: AutoscalerPace = KUBERNETES_PACE,
): Policy {
  return pacedAutoscaler('hpa', pace, (seen) => utilisation(seen, targetShare, pace.tolerance));
}

/** Runs a metric through tolerance, scale-up limit and scale-down window, once a sync period. */
export function pacedAutoscaler(
  name: string,
  pace: AutoscalerPace,
  read: (observation: Observation) => MetricReading | undefined,
): Policy {
  return {
    name,
    ownStepSeconds: pace.syncSeconds,
    begin: () => {
      const window = new RecommendationWindow(pace.downscaleWindowSeconds);
      return {
        decide: (observation) => {
          window.pass(observation.intervalSeconds ?? 0, observation.workers);
          const reading = read(observation);
          const isRight = reading === undefined || Math.abs(reading.ratio - 1) <= pace.tolerance;
          const desired = isRight ? observation.workers : reading.desired;
          const stabilised = window.highestWith(desired);
          return Math.min(stabilised, mostAfterScaleUp(observation.workers));
        },
      };
    },
  };
}

/** Default policies of scaleUp: the larger of 100 % and 4 pods within 15 s, which is one sync period. */
function mostAfterScaleUp(workers: number): number {
  return Math.max(2 * workers, workers + 4);
}

/**
 * Workers that are still starting have no utilisation. Where the ready ones ask for more, the starting ones count as
 * idle, so that the pool is not scaled again for work that they are about to take; where that turns the answer
 * round, nothing is done (replica_calculator.go).
 */
function utilisation(seen: Observation, targetShare: number, tolerance: number): MetricReading | undefined {
  const ready = Math.max(0, seen.workers - seen.startingWorkers);
  if (ready === 0) return undefined;
  const ratio = seen.busyWorkers / ready / targetShare;
  if (ratio <= 1 || seen.startingWorkers === 0) return { ratio, desired: Math.ceil(ratio * ready - 1e-9) };
  const withStarting = seen.busyWorkers / seen.workers / targetShare;
  if (withStarting <= 1 + tolerance) return { ratio: 1, desired: seen.workers };
  return { ratio: withStarting, desired: Math.ceil(withStarting * seen.workers - 1e-9) };
}

/** Recommendations of the last minutes; the pool at the first look is the first of them, as in horizontal.go. */
class RecommendationWindow {
  readonly #seconds: number;
  #now = 0;
  #recommendations: { readonly atSeconds: number; readonly workers: number }[] = [];

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  pass(seconds: number, workers: number): void {
    if (this.#recommendations.length === 0) this.#recommendations.push({ atSeconds: 0, workers });
    this.#now += seconds;
  }

  highestWith(workers: number): number {
    const from = this.#now - this.#seconds;
    this.#recommendations = this.#recommendations.filter(({ atSeconds }) => atSeconds > from);
    this.#recommendations.push({ atSeconds: this.#now, workers });
    return this.#recommendations.reduce((most, each) => Math.max(most, each.workers), 0);
  }
}
