import type { Observation } from '../control/observation.ts';
import { meanOf } from './plan.ts';

/** What a planner expects of the coming steps. A load is arrival rate × expected service time: busy workers. */
export interface Outlook {
  readonly stepSeconds: number;
  /** For each of the coming steps, the first beginning now, the load in parts of equal length. */
  readonly steps: readonly (readonly number[])[];
  /** Mean load of each step. */
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
  /** A service time that is likelier than others, and what it weighs against a mean that is near it. */
  readonly usualServiceSeconds: number;
  readonly usualServiceShare: number;
  /** Time over which announced work keeps workers busy after it has come: a load rises and falls that much later. */
  readonly spreadSeconds: number;
  /** Load that each worker stands for at the first look, when nothing has been seen yet; 0 for none. */
  readonly firstLoadPerWorker: number;
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
    return announcedOutlook(loadsBySecond(announced, serviceSeconds(observation, rules), rules), {
      ...rules,
      stepSeconds,
    });
  }
  const load = expectedLoad(observation, rules);
  if (load === undefined) return undefined;
  return {
    stepSeconds,
    steps: new Array<readonly number[]>(rules.horizonSteps).fill([load]),
    loads: new Array<number>(rules.horizonSteps).fill(load),
    highest: load,
    lowest: load,
  };
}

function expectedLoad(observation: Observation, rules: OutlookRules): number | undefined {
  const { offeredLoadFast, offeredLoadSlow, workers } = observation;
  if (offeredLoadFast === undefined || offeredLoadSlow === undefined) {
    return rules.firstLoadPerWorker > 0 ? rules.firstLoadPerWorker * workers : undefined;
  }
  const smooth = offeredLoadFast + rules.slowShare * (offeredLoadSlow - offeredLoadFast);
  const held = smooth + rules.peakShare * ((observation.offeredLoadPeak ?? smooth) - smooth);
  const mean = likely(observation.offeredLoadMean ?? held, rules.usualLoad, rules.usualShare);
  return held + rules.meanShare * (mean - held);
}

function serviceSeconds({ expectedServiceSeconds }: Observation, rules: OutlookRules): number {
  const { usualServiceSeconds, usualServiceShare } = rules;
  return likely(expectedServiceSeconds ?? usualServiceSeconds, usualServiceSeconds, usualServiceShare);
}

/** Work that comes keeps workers busy for a while: the load follows what is announced by an exponential of that time. */
function loadsBySecond(
  ratePerSecond: readonly number[],
  service: number,
  { spreadSeconds }: OutlookRules,
): readonly number[] {
  const kept = spreadSeconds > 0 ? Math.exp(-1 / spreadSeconds) : 0;
  let load = (ratePerSecond[0] ?? 0) * service;
  return ratePerSecond.map((rate) => {
    load = kept * load + (1 - kept) * rate * service;
    return load;
  });
}

function announcedOutlook(bySecond: readonly number[], { stepSeconds, horizonSteps }: OutlookRules): Outlook {
  const steps: (readonly number[])[] = [];
  for (let step = 0; step < horizonSteps; step += 1) {
    const loads = secondsWithin(bySecond, step * stepSeconds, (step + 1) * stepSeconds);
    // Steps shorter than a second, or beyond what is announced, go on as the one before.
    steps.push(loads.length > 0 ? loads : [steps.at(-1)?.at(-1) ?? bySecond[0] ?? 0]);
  }
  return {
    stepSeconds,
    steps,
    loads: steps.map(meanOf),
    highest: bySecond.reduce((most, load) => Math.max(most, load), 0),
    lowest: bySecond.reduce((least, load) => Math.min(least, load), Infinity),
  };
}

/** The seconds whose middle lies between two times. */
function secondsWithin(bySecond: readonly number[], from: number, to: number): readonly number[] {
  return bySecond.slice(Math.max(0, Math.ceil(from - 0.5)), Math.max(0, Math.ceil(to - 0.5)));
}

/** How many times as large or small as the usual one a mean may be, as the exponent of e, to be taken for it. */
const USUAL_RANGE = 0.5;

/**
 * What a mean of a farm will turn out to be. A mean over a few minutes is itself uncertain: one that is near the usual
 * one is taken nearer to it, and one that is far from it is left as it is.
 */
function likely(mean: number, usual: number, share: number): number {
  if (mean <= 0) return mean;
  const distance = Math.log(mean / usual) / USUAL_RANGE;
  return mean + share * Math.exp(-(distance * distance) / 2) * (usual - mean);
}
