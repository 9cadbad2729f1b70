import { Command } from 'commander';
import type { ComparedRow } from '../../autoscaler/training/comparison/comparison.ts';
import { publishedResults } from '../../autoscaler/training/published-results.ts';
import type { PublishedFigure, PublishedResult } from '../../autoscaler/training/published-results.ts';
import { availableContenders } from '../laboratory/contenders.ts';
import { aligned, comparisonTable, figure, TABLE_LEGEND } from '../laboratory/comparison-table.ts';
import { percentage, seedsOption } from '../laboratory/options.ts';
import { furtherSections, publishedSection } from '../laboratory/paper-sections.ts';
import type { PaperSection } from '../laboratory/paper-sections.ts';
import { runComparison, sourceOf } from '../laboratory/run-comparison.ts';
import type { ComparisonOutcome } from '../laboratory/run-comparison.ts';
import { writeJson } from '../laboratory/text-file.ts';
import { wholeNumber } from '../option-values.ts';
import { Output } from '../output.ts';

interface PaperOptions {
  readonly seeds: readonly number[];
  readonly qos: number;
  readonly threads: number;
  readonly tableOnly?: true;
  readonly json?: string;
}

export function paperCommand(): Command {
  return new Command('paper')
    .description('Reproduce the published table, then show what was missing from it')
    .addOption(seedsOption())
    .option('--qos <percent>', 'QoS that fitted policies and searched plans have to reach', percentage, 99.2)
    .option('--threads <count>', 'episodes run at once', wholeNumber(1, 64), 2)
    .option('--table-only', 'the published table alone, which takes seconds')
    .option('--json <file>', 'write all rows to a file')
    .action(paper);
}

async function paper(options: PaperOptions): Promise<void> {
  const output = new Output(false);
  const sections: { readonly title: string; readonly outcome: ComparisonOutcome }[] = [];
  for (const section of [publishedSection, ...(options.tableOnly === true ? [] : furtherSections)]) {
    const outcome = await runSection(section, options, output);
    sections.push({ title: section.title, outcome });
    const beside = section === publishedSection ? [...publishedTable(outcome.rows), ''] : [];
    for (const line of ['', `── ${section.title}`, ...beside, ...comparisonTable(outcome)]) output.line(line);
  }
  for (const line of ['', ...TABLE_LEGEND]) output.line(line);
  if (options.json === undefined) return;
  const document = sections.map(({ title, outcome }) => ({
    title,
    rows: outcome.rows.map(({ row }) => row),
    bounds: outcome.bounds,
  }));
  await writeJson(options.json, { published: publishedResults, sections: document });
}

function runSection(
  section: PaperSection,
  options: PaperOptions,
  output: Output,
): Promise<ComparisonOutcome> {
  const { contenders, absent } = availableContenders(section.policies, section.setting);
  if (absent.length > 0) output.note(`left out, because there is no file of them yet: ${absent.join(', ')}`);
  const count = Math.max(1, Math.ceil(section.seedShare * options.seeds.length));
  const request = {
    contenders,
    sources: [sourceOf(section.workload)],
    setting: section.setting,
    seeds: options.seeds.slice(0, count),
    targetQosPercent: options.qos,
  };
  const { threads } = options;
  return runComparison(request, { threads, output, pools: false, bounds: section.bounds });
}

/** Published figure, ours, and the difference, with the published standard deviation to judge it by. */
function publishedTable(rows: readonly ComparedRow[]): string[] {
  const lines = rows.flatMap(({ row }) => {
    const published = publishedResults.find(({ policy }) => policy === row.policy);
    return published === undefined ? [] : COMPARED.map((compared) => line(published, row, compared));
  });
  const episodes = rows[0]?.row.episodes ?? 0;
  return [
    ...aligned([['POLICY', '', 'PUBLISHED (SD)', 'SIMULATED', 'DIFFERENCE'], ...lines]),
    `Published: 10 episodes on a cluster. Simulated: ${episodes} episodes of the same load.`,
  ];
}

type ComparedKey = 'qosPercent' | 'meanWorkers' | 'maxWorkers' | 'scalingActions';

const COMPARED: readonly (readonly [string, ComparedKey])[] = [
  ['QoS %', 'qosPercent'],
  ['mean workers', 'meanWorkers'],
  ['most workers', 'maxWorkers'],
  ['scaling actions', 'scalingActions'],
];

function line(
  published: PublishedResult,
  row: ComparedRow['row'],
  [label, key]: readonly [string, ComparedKey],
): string[] {
  const theirs: PublishedFigure = published[key];
  const ours = row[key];
  const difference = ours === null ? undefined : ours.mean - theirs.mean;
  return [
    key === 'qosPercent' ? published.name : '',
    label,
    `${theirs.mean.toFixed(2)} (${theirs.std.toFixed(2)})`,
    figure(ours, 2),
    difference === undefined ? '–' : `${difference > 0 ? '+' : ''}${difference.toFixed(2)}`,
  ];
}
