import { RandomStream } from '../../../shared/workload/random-stream.ts';
import type { FittedName } from '../comparison/contender.ts';
import { makePolicy } from '../comparison/plain-policy.ts';
import type { PlainPolicy } from '../comparison/plain-policy.ts';
import { affordable } from './budget.ts';
import { bestOf, hpaCandidates, kedaCandidates, searchStaffing } from './rule-search.ts';
import type { SearchSeeds } from './rule-search.ts';
import { bestTimetable } from './timetable-search.ts';
import { scoreOf, tryPolicy, withDraws } from './trial.ts';
import type { FitContext, TrialResult } from './trial.ts';

/** A policy fitted to a workload, and what it came to on the seeds of the fit. */
export interface Fitted {
  readonly policy: PlainPolicy;
  readonly onItsSeeds: TrialResult;
}

/** Tasks that a search simulates: tens of seconds. */
const TASKS_PER_SEARCH = 25_000_000;
const GRID_SIZE = 60;

/** Fits a policy to a workload, on seeds from 1 on: none of those is one that anybody is judged on. */
export function fit(name: FittedName, given: FitContext): Fitted {
  const context = { ...given, rules: withDraws(given.rules) };
  const seeds = searchSeeds(context);
  const policy = search(name, context, seeds);
  return { policy, onItsSeeds: tryPolicy(makePolicy(policy), context, seeds.many) };
}

function search(name: FittedName, context: FitContext, seeds: SearchSeeds): PlainPolicy {
  switch (name) {
    case 'hpa-best':
      return candidateOf(bestOf(hpaCandidates(), context, seeds));
    case 'keda-best':
      return candidateOf(bestOf(kedaCandidates(), context, seeds));
    case 'staffing-best':
      return staffingFor(context, seeds);
    case 'timetable':
      return { kind: 'timetable', workersByStep: bestTimetable(context, seeds.many.slice(0, 20)) };
  }
}

function candidateOf(best: { readonly candidate: PlainPolicy } | undefined): PlainPolicy {
  if (best === undefined) throw new RangeError('A search needs candidates to choose among; there were none.');
  return best.candidate;
}

function staffingFor(context: FitContext, seeds: SearchSeeds): PlainPolicy {
  const workload = context.workload(1);
  const perTrial = (seeds.few.length + seeds.many.length) / 2;
  const trials = affordable(workload, (2 * TASKS_PER_SEARCH) / perTrial, { least: 60, most: 1600 });
  return searchStaffing({
    seeds,
    trials,
    mostWorkers: workload.maxWorkers,
    stream: new RandomStream(1, 'staffingSearch'),
    score: (policy, on) => scoreOf(tryPolicy(makePolicy(policy), context, on), context.targetQosPercent),
  }).candidate;
}

/** Few enough seeds that a grid of rules stays affordable on this workload, however long it is. */
function searchSeeds(context: FitContext): SearchSeeds {
  const episodes = affordable(context.workload(1), TASKS_PER_SEARCH, {
    least: 2 * GRID_SIZE,
    most: 40 * GRID_SIZE,
  });
  const few = Math.max(2, Math.round(episodes / GRID_SIZE / 4));
  const all = Array.from({ length: 4 * few }, (_, index) => index + 1);
  return { few: all.slice(0, few), many: all };
}
