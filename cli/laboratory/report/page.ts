import { element, escaped } from '../../../autoscaler/training/pictures/svg.ts';
import type { Estimate } from '../../../autoscaler/training/comparison/estimate.ts';
import type { WorkloadSource } from '../../../autoscaler/training/workload-source.ts';
import type { ComparisonOutcome } from '../run-comparison.ts';
import { missesBySize, tardiness } from './bars.ts';
import { episodeSection } from './episode-section.ts';
import type { Drawn } from './episode-section.ts';
import { scatter } from './scatter.ts';
import { colourOf, STYLE } from './style.ts';

/** A comparison as one page that needs nothing beside itself. @param command how it was asked for */
export function comparisonPage(outcome: ComparisonOutcome, command: string): string {
  const { setting, seeds, sources } = outcome.request;
  const terms = [
    `Dispatch order ${setting.dispatch}`,
    `at most ${String(setting.actions)} worker${setting.actions === 1 ? '' : 's'} a step`,
    setting.announced ? 'the coming rate announced' : 'nothing announced',
    `${String(seeds.length)} episodes a policy, seeds ${String(seeds[0])} to ${String(seeds.at(-1))}`,
  ];
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Farmhand: comparison</title><style>${STYLE}</style></head><body>`,
    '<h1>How few workers, for how many deadlines</h1>',
    element('p', { class: 'lead' }, escaped(`${terms.join('; ')}. Every policy met the same tasks.`)),
    element('p', {}, element('code', {}, escaped(command))),
    ...sources.map((source) => section(outcome, source)),
    '</body></html>\n',
  ].join('\n');
}

function section(outcome: ComparisonOutcome, source: WorkloadSource): string {
  const drawn = outcome.rows
    .filter(({ row }) => row.workload === source.asked)
    .map((compared, index): Drawn => ({ compared, row: compared.row, colour: colourOf(index) }));
  const pools = (outcome.pools.get(source.asked) ?? []).map(({ row }) => row);
  return [
    element('h2', {}, escaped(source.asked)),
    ...boundText(outcome, source),
    '<p>The dotted line is what pools of a fixed size reach: to the left of it is better. Bars about a mark are the 95 % interval of the mean.</p>',
    element('figure', {}, scatter(drawn, pools)),
    element('div', { class: 'scroll' }, table(outcome, drawn)),
    element('p', { class: 'legend-text' }, escaped(TABLE_LEGEND.join(' '))),
    '<h3>Who pays for it</h3>',
    '<p>Orders that give tasks up pay in size classes and in how late the late ones are.</p>',
    element(
      'div',
      { class: 'pair' },
      element('figure', {}, missesBySize(drawn)),
      element('figure', {}, tardiness(drawn)),
    ),
    ...episodeSection(outcome, source, drawn),
  ].join('\n');
}

function boundText({ bounds }: ComparisonOutcome, source: WorkloadSource): string[] {
  const found = bounds.find(({ workload }) => workload === source.asked);
  if (found === undefined) return [];
  const proved = `No policy reaches ${String(found.qosPercent)} % here with fewer than ${found.lowerBoundWorkers.toFixed(2)} mean workers: proved.`;
  return [
    element('p', {}, escaped(`${proved} Erlang's C, for reference: ${found.erlangWorkers.toFixed(2)}.`)),
  ];
}

const HEAD = [
  'Policy',
  'QoS %',
  'Workers',
  'Most',
  'Worker-s',
  'Against pool',
  'Actions',
  'Turns',
  'Late p95, s',
  'Late worst, s',
  'QoS % by size',
];

const TABLE_LEGEND = [
  '± is half of the 95 % interval of the mean over the episodes.',
  'Against pool: worker-seconds against the fixed pool of equal QoS, coloured where the interval leaves no doubt.',
  'Turns: changes of direction.',
  'Late: tardiness of all tasks that fell due, the mean over the episodes of their 95th percentile and of their worst.',
  'By size: by expected service time, from the shortest quarter of the tasks to the longest.',
];

function table({ againstPools }: ComparisonOutcome, drawn: readonly Drawn[]): string {
  const head = element('tr', {}, ...HEAD.map((name) => element('th', {}, name)));
  const rows = drawn.map(({ compared, row, colour }) => {
    const dot = element('i', { class: 'dot', style: `background:${colour}` });
    const against = againstPools.get(compared)?.costPercent;
    const cells = [
      dot + escaped(row.policy),
      withSpread(row.qosPercent, 2),
      withSpread(row.meanWorkers, 2),
      alone(row.maxWorkers),
      withSpread(row.workerSeconds, 0),
      against === undefined ? '–' : costCell(against),
      alone(row.scalingActions),
      alone(row.reversals),
      alone(row.tardinessP95Seconds),
      alone(row.tardinessMaxSeconds),
      bySize(row.qosPercentByQuartile),
    ];
    return element('tr', {}, ...cells.map((cell) => element('td', {}, cell)));
  });
  return element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows));
}

function withSpread(estimate: Estimate | null, digits: number): string {
  if (estimate === null) return '–';
  const { mean, high } = estimate;
  const spread = high === undefined ? '' : ` <small>± ${(high - mean).toFixed(digits)}</small>`;
  return `${mean.toFixed(digits)}${spread}`;
}

function alone(estimate: Estimate | null): string {
  return estimate === null ? '–' : estimate.mean.toFixed(1);
}

function bySize(quartiles: readonly (number | null)[]): string {
  return element('small', {}, quartiles.map((qos) => (qos === null ? '–' : qos.toFixed(1))).join(' '));
}

/** Coloured only where the interval leaves no doubt. */
function costCell(cost: Estimate): string {
  const kind = (cost.high ?? Infinity) < 0 ? 'less' : (cost.low ?? -Infinity) > 0 ? 'more' : '';
  const sign = cost.mean > 0 ? '+' : '';
  return element('span', { class: kind }, `${sign}${withSpread(cost, 1)} %`);
}
