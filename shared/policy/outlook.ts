import type { Observation } from '../control/observation.ts';

/** What a planner expects of the coming steps. A load is arrival rate × expected service time: busy workers. */
export interface Outlook {
  readonly stepSeconds: number;
  /** Load in each of the coming steps, the first beginning now. */
  readonly loads: readonly number[];
  /** Highest and lowest load of any second that is announced; the expected load where nothing is. */
  readonly highest: number;
  readonly lowest: number;
}

export interface OutlookRules {
  /** Steps looked ahead. */
  readonly horizonSteps: number;
  /** Stands for the time between two looks as long as there was only one. */
  readonly stepSeconds: number;
  /** Stands for the expected service time as long as no task has come. */
  readonly assumedServiceSeconds: number;
  /** Weight of the slowly smoothed load where nothing is announced; the fast one has the rest. 0 to 1. */
  readonly slowShare: number;
  /** Weight of the highest load of late, beside both of them. 0 to 1. */
  readonly peakShare: number;
  /** Weight of the mean load, beside all of them: how far loads are expected to go back to their mean. 0 to 1. */
  readonly meanShare: number;
  /** A mean load, in workers, that is likelier than others, and what it weighs against a mean that is near it. */
  readonly usualLoad: number;
  readonly usualShare: number;
}

/** Undefined where it cannot be known how much work comes: nothing is announced, and nothing has been seen. */
export function outlookOf(observation: Observation, rules: OutlookRules): Outlook | undefined {
  const stepSeconds = observation.intervalSeconds ?? rules.stepSeconds;
  const announced = observation.announcedRatePerSecond;
  if (announced !== undefined) {
    const service = observation.expectedServiceSeconds ?? rules.assumedServiceSeconds;
    return announcedOutlook(announced, service, stepSeconds, rules.horizonSteps);
  }
  const { offeredLoadFast, offeredLoadSlow } = observation;
  if (offeredLoadFast === undefined || offeredLoadSlow === undefined) return undefined;
  const smooth = offeredLoadFast + rules.slowShare * (offeredLoadSlow - offeredLoadFast);
  const held = smooth + rules.peakShare * ((observation.offeredLoadPeak ?? smooth) - smooth);
  const load = held + rules.meanShare * (likelyMean(observation.offeredLoadMean ?? held, rules) - held);
  return {
    stepSeconds,
    loads: new Array<number>(rules.horizonSteps).fill(load),
    highest: load,
    lowest: load,
  };
}

function announcedOutlook(
  ratePerSecond: readonly number[],
  serviceSeconds: number,
  stepSeconds: number,
  horizonSteps: number,
): Outlook {
  let highest = 0;
  let lowest = Infinity;
  for (const rate of ratePerSecond) {
    if (rate > highest) highest = rate;
    if (rate < lowest) lowest = rate;
  }
  const loads: number[] = [];
  let last = ratePerSecond[0] ?? 0;
  for (const mean of meanBySteps(ratePerSecond, stepSeconds, horizonSteps)) {
    // Steps shorter than a second, or beyond what is announced, go on as the one before.
    last = mean ?? last;
    loads.push(last * serviceSeconds);
  }
  return { stepSeconds, loads, highest: highest * serviceSeconds, lowest: lowest * serviceSeconds };
}

/** Mean of the seconds whose middle falls into each step; undefined for a step into which none does. */
function meanBySteps(
  bySecond: readonly number[],
  stepSeconds: number,
  steps: number,
): readonly (number | undefined)[] {
  const sums = new Array<number>(steps).fill(0);
  const counts = new Array<number>(steps).fill(0);
  for (let ahead = 0; ahead < bySecond.length; ahead += 1) {
    const step = Math.floor((ahead + 0.5) / stepSeconds);
    if (step >= steps) break;
    sums[step] = (sums[step] ?? 0) + (bySecond[ahead] ?? 0);
    counts[step] = (counts[step] ?? 0) + 1;
  }
  return sums.map((sum, step) => {
    const count = counts[step] ?? 0;
    return count > 0 ? sum / count : undefined;
  });
}

/** How many times as large or small as the usual load a mean may be, as the exponent of e, to be taken for it. */
const USUAL_RANGE = 0.5;

/**
 * What the mean load of a farm will turn out to be. A mean over a few minutes is itself uncertain: one that is near the
 * usual load is taken nearer to it, and one that is far from it is left as it is.
 */
function likelyMean(mean: number, { usualLoad, usualShare }: OutlookRules): number {
  if (mean <= 0) return mean;
  const distance = Math.log(mean / usualLoad) / USUAL_RANGE;
  return mean + usualShare * Math.exp(-(distance * distance) / 2) * (usualLoad - mean);
}
