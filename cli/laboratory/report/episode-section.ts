import { element, escaped } from '../../../autoscaler/training/pictures/svg.ts';
import type { ComparedRow } from '../../../autoscaler/training/comparison/comparison.ts';
import type { PlainPolicy } from '../../../autoscaler/training/comparison/plain-policy.ts';
import { episodeRules } from '../../../autoscaler/training/comparison/setting.ts';
import { EpisodeDraw } from '../../../autoscaler/training/episode-draw.ts';
import { workloadOf } from '../../../autoscaler/training/workload-source.ts';
import type { WorkloadSource } from '../../../autoscaler/training/workload-source.ts';
import { episodeSeconds } from '../../../shared/workload/workload.ts';
import type { Workload } from '../../../shared/workload/workload.ts';
import type { ComparisonOutcome } from '../run-comparison.ts';
import { episodePicture } from './episode-picture.ts';
import type { Trace } from './episode-picture.ts';
import { traceEpisode } from './episode-trace.ts';

/** A row with the colour that it has in all pictures of its workload. */
export interface Drawn {
  readonly compared: ComparedRow;
  readonly row: ComparedRow['row'];
  readonly colour: string;
}

/** So many pools and queues can be told apart in one picture. */
const MOST_TRACES = 6;

/** The first seed's episode, as it is drawn. */
export interface TracedEpisode {
  readonly seed: number;
  readonly workload: Workload;
  /** Planned rate, second by second. */
  readonly planned: readonly number[];
  readonly traces: readonly Trace[];
  readonly leftOut: readonly Drawn[];
}

/** The first seed's episode under the policies that have most to show; nothing where no seed was asked for. */
export function episodeTraces(
  outcome: ComparisonOutcome,
  source: WorkloadSource,
  drawn: readonly Drawn[],
): TracedEpisode | undefined {
  const { setting, seeds } = outcome.request;
  const seed = seeds[0];
  if (seed === undefined) return undefined;
  const workload = workloadOf(source, seed);
  const rules = episodeRules(source, setting);
  const chosen = mostToShow(drawn);
  const traces = chosen.map(({ policy, row, colour }) => ({
    policy: row.policy,
    colour,
    points: traceEpisode(policy, workload, seed, rules),
  }));
  const draw = new EpisodeDraw(workload, seed, rules);
  const planned = Array.from(
    { length: Math.ceil(episodeSeconds(workload)) + 1 },
    (_, second) => draw.announcedAt(second).ratePerSecond[0] ?? 0,
  );
  const leftOut = drawn.filter(({ row }) => !chosen.some((each) => each.row === row));
  return { seed, workload, planned, traces, leftOut };
}

/** That episode, step by step, with a legend. */
export function episodeSection(
  outcome: ComparisonOutcome,
  source: WorkloadSource,
  drawn: readonly Drawn[],
): string[] {
  const episode = episodeTraces(outcome, source, drawn);
  if (episode === undefined) return [];
  const { seed, workload, planned, traces, leftOut } = episode;
  const legend = traces.map(({ policy, colour }) =>
    element('span', {}, element('i', { class: 'dot', style: `background:${colour}` }), escaped(policy)),
  );
  return [
    element('h3', {}, `One episode, seed ${String(seed)}`),
    ...leftOutText(leftOut),
    element(
      'figure',
      {},
      element('div', { class: 'legend' }, ...legend),
      episodePicture(workload, planned, traces),
    ),
  ];
}

type Playable = Drawn & { readonly policy: PlainPolicy };

/** Policy files before rules, and those before pools that never change; in the order in which they were asked for. */
function mostToShow(drawn: readonly Drawn[]): readonly Playable[] {
  const playable = drawn.flatMap((each): Playable[] => {
    const { policy } = each.compared;
    return policy === undefined ? [] : [{ ...each, policy }];
  });
  const rank = ({ policy: { kind } }: Playable): number => (kind === 'file' ? 0 : kind === 'static' ? 2 : 1);
  const best = playable.toSorted((one, other) => rank(one) - rank(other)).slice(0, MOST_TRACES);
  return playable.filter((each) => best.includes(each));
}

function leftOutText(leftOut: readonly Drawn[]): string[] {
  const namesOf = (those: readonly Drawn[]): string => those.map(({ row }) => row.policy).join(', ');
  const crowd = leftOut.filter(({ compared }) => compared.policy !== undefined);
  const plans = leftOut.filter(({ compared }) => compared.policy === undefined);
  return [
    ...(crowd.length === 0
      ? []
      : [`Not drawn here, so that the others can be told apart: ${namesOf(crowd)}.`]),
    ...(plans.length === 0
      ? []
      : [`Searched anew for each seed, and not kept to be drawn: ${namesOf(plans)}.`]),
  ].map((text) => element('p', {}, escaped(text)));
}
