import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command } from 'commander';
import { compare } from '../../autoscaler/training/comparison/comparison.ts';
import type { ComparedRow, ComparisonRequest } from '../../autoscaler/training/comparison/comparison.ts';
import { Crew } from '../../autoscaler/training/comparison/crew.ts';
import { workloadSource } from '../../autoscaler/training/workload-source.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { comparisonTable } from '../laboratory/comparison-table.ts';
import { contender } from '../laboratory/contenders.ts';
import { list, percentage, settingOf, withSetting } from '../laboratory/options.ts';
import type { SettingOptions } from '../laboratory/options.ts';
import { RunProgress } from '../laboratory/progress.ts';
import { wholeNumber } from '../option-values.ts';
import { Output } from '../output.ts';

interface CompareOptions extends SettingOptions {
  readonly policies: readonly string[];
  readonly workload: readonly string[];
  readonly qos: number;
  readonly threads: number;
  readonly json?: string;
}

const EXAMPLES = `
Examples:
  $ farmhand compare --policies static:12,reactive-average,staffing --workload paper --dispatch fifo
  $ farmhand compare --policies farmhand,staffing,hpa,best-plan --workload paper-random --announced yes
  $ farmhand compare --policies my-policy.json,hpa-best --workload my-load.json --json rows.json`;

export function compareCommand(): Command {
  const command = new Command('compare')
    .description('Run policies through the same simulated episodes, and hold them against each other')
    .requiredOption('--policies <names>', 'names or policy files, separated by commas', list)
    .requiredOption('--workload <names>', 'names or workload files, separated by commas', list)
    .option('--qos <percent>', 'QoS that fitted policies and searched plans have to reach', percentage, 99.2)
    .option('--threads <count>', 'episodes run at once', wholeNumber(1, 64), 2)
    .option('--json <file>', 'write all rows to a file')
    .addHelpText('after', EXAMPLES);
  return withSetting(command).action(run);
}

async function run(options: CompareOptions): Promise<void> {
  const output = new Output(false);
  const setting = settingOf(options);
  const request: ComparisonRequest = {
    contenders: options.policies.map((asked) => contender(asked, setting)),
    sources: options.workload.map(sourceOf),
    setting,
    seeds: options.seeds,
    targetQosPercent: options.qos,
  };
  const rows = await runComparison(request, options.threads, output);
  for (const line of comparisonTable(rows.map(({ row }) => row))) output.line(line);
  if (options.json !== undefined) {
    await writeText(options.json, `${JSON.stringify({ rows: rows.map(({ row }) => row) }, undefined, 2)}\n`);
  }
}

/** With threads of its own, and progress for whoever waits. */
async function runComparison(
  request: ComparisonRequest,
  threads: number,
  output: Output,
): Promise<ComparedRow[]> {
  const { contenders, sources, seeds } = request;
  const crew = new Crew(threads);
  const progress = new RunProgress(output, 'episodes', contenders.length * sources.length * seeds.length);
  try {
    return await compare(request, crew, (episodes) => {
      progress.add(episodes);
    });
  } finally {
    progress.end();
    await crew.close();
  }
}

function sourceOf(asked: string): ReturnType<typeof workloadSource> {
  try {
    return workloadSource(asked);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(reason, EXIT.usage, { cause: error });
  }
}

async function writeText(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
