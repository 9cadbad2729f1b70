import { KUBERNETES_PACE } from '../../../shared/policy/horizontal-pod-autoscaler.ts';
import type { RandomStream } from '../../../shared/workload/random-stream.ts';
import { makePolicy } from '../comparison/plain-policy.ts';
import type { PlainPolicy } from '../comparison/plain-policy.ts';
import { constantsFrom, neighbourOf, pointAtRandom } from './staffing-space.ts';
import { scoreOf, tryPolicy } from './trial.ts';
import type { FitContext } from './trial.ts';

/** A candidate with what the search holds against it. */
export interface Scored<Candidate> {
  readonly candidate: Candidate;
  readonly score: number;
}

/** How much a search may spend. */
export interface SearchSeeds {
  /** For the first look at every candidate. */
  readonly few: readonly number[];
  /** For the choice among the best. */
  readonly many: readonly number[];
}

const WINDOWS_SECONDS = [0, 60, 120, 300];

/** Target shares from 30 to 100 % of the ready workers, with each scale-down window. */
export function hpaCandidates(): PlainPolicy[] {
  const shares = Array.from({ length: 15 }, (_, index) => 0.3 + 0.05 * index);
  return shares.flatMap((targetShare) =>
    WINDOWS_SECONDS.map((downscaleWindowSeconds): PlainPolicy => ({
      kind: 'hpa',
      targetShare,
      pace: { ...KUBERNETES_PACE, downscaleWindowSeconds },
    })),
  );
}

export function kedaCandidates(): PlainPolicy[] {
  const lengths = [0.1, 0.2, 0.35, 0.5, 0.75, 1, 1.5, 2, 3, 5, 8];
  return lengths.flatMap((listLength) =>
    WINDOWS_SECONDS.map((downscaleWindowSeconds): PlainPolicy => ({
      kind: 'keda',
      listLength,
      pace: { ...KUBERNETES_PACE, downscaleWindowSeconds },
    })),
  );
}

const FINALISTS = 6;

/** The best of some candidates: all on a few seeds, the foremost on many. */
export function bestOf(
  candidates: readonly PlainPolicy[],
  context: FitContext,
  seeds: SearchSeeds,
): Scored<PlainPolicy> | undefined {
  const finalists = ranked(candidates, context, seeds.few).slice(0, FINALISTS);
  return ranked(
    finalists.map(({ candidate }) => candidate),
    context,
    seeds.many,
  )[0];
}

function ranked(
  candidates: readonly PlainPolicy[],
  context: FitContext,
  seeds: readonly number[],
): Scored<PlainPolicy>[] {
  return candidates
    .map((candidate) => {
      const result = tryPolicy(makePolicy(candidate), context, seeds);
      return { candidate, score: scoreOf(result, context.targetQosPercent) };
    })
    .sort((a, b) => a.score - b.score);
}

export interface StaffingSearch {
  readonly score: (policy: PlainPolicy, seeds: readonly number[]) => number;
  readonly seeds: SearchSeeds;
  readonly trials: number;
  readonly mostWorkers: number;
  readonly stream: RandomStream;
  readonly progress?: (trial: number, bestScore: number) => void;
}

/** Random search over the constants of the staffing rule, then small steps from the best ones. */
export function searchStaffing(search: StaffingSearch): Scored<PlainPolicy> {
  const { score, seeds, trials, mostWorkers, stream } = search;
  const policyAt = (point: readonly number[]): PlainPolicy => ({
    kind: 'staffing',
    constants: constantsFrom(point, mostWorkers),
  });
  const scored = Array.from({ length: Math.ceil(trials / 2) }, (_, trial) => {
    const point = pointAtRandom(stream);
    const each = { point, score: score(policyAt(point), seeds.few) };
    search.progress?.(trial, each.score);
    return each;
  }).sort((a, b) => a.score - b.score);
  const best = scored
    .slice(0, FINALISTS)
    .map(({ point }) => ({ point, score: score(policyAt(point), seeds.many) }))
    .reduce((a, b) => (b.score < a.score ? b : a));
  return refined(best, policyAt, search);
}

function refined(
  start: { readonly point: readonly number[]; readonly score: number },
  policyAt: (point: readonly number[]) => PlainPolicy,
  { score, seeds, trials, stream, progress }: StaffingSearch,
): Scored<PlainPolicy> {
  let best = start;
  const half = Math.floor(trials / 2);
  for (let trial = 0; trial < half; trial += 1) {
    // From a quarter of the range down to a fiftieth.
    const reach = 0.25 * Math.pow(0.08, trial / half);
    const point = neighbourOf(best.point, reach, stream);
    const its = score(policyAt(point), seeds.many);
    if (its <= best.score) best = { point, score: its };
    progress?.(half + trial, best.score);
  }
  return { candidate: policyAt(best.point), score: best.score };
}
