import { Command } from 'commander';
import { contender } from '../laboratory/contenders.ts';
import { comparisonTable, TABLE_LEGEND } from '../laboratory/comparison-table.ts';
import { list, percentage, settingOf, withSetting } from '../laboratory/options.ts';
import type { SettingOptions } from '../laboratory/options.ts';
import { comparisonPage } from '../laboratory/report/page.ts';
import { runComparison, sourceOf } from '../laboratory/run-comparison.ts';
import { writeJson, writeText } from '../laboratory/text-file.ts';
import { wholeNumber } from '../option-values.ts';
import { Output } from '../output.ts';
import { FARMHAND } from '../wording.ts';

interface CompareOptions extends SettingOptions {
  readonly policies: readonly string[];
  readonly workload: readonly string[];
  readonly qos: number;
  readonly threads: number;
  readonly pools?: true;
  readonly bounds?: true;
  readonly json?: string;
  readonly report?: string;
}

const EXAMPLES = `
Examples:
  $ ${FARMHAND} compare --policies static:12,reactive-average,staffing --workload paper --dispatch fifo
  $ ${FARMHAND} compare --policies farmhand,staffing,hpa,best-plan --workload paper-random --announced yes
  $ ${FARMHAND} compare --policies my-policy.json,hpa-best --workload my-load.json --json rows.json`;

export function compareCommand(): Command {
  const command = new Command('compare')
    .description('Run policies through the same simulated episodes, and hold them against each other')
    .requiredOption('--policies <names>', 'names or policy files, separated by commas', list)
    .requiredOption('--workload <names>', 'names or workload files, separated by commas', list)
    .option('--qos <percent>', 'QoS that fitted policies and searched plans have to reach', percentage, 99.2)
    .option('--threads <count>', 'episodes run at once', wholeNumber(1, 64), 2)
    .option('--pools', 'hold each policy against the fixed pool of equal QoS')
    .option('--bounds', 'work out what no policy can do better than')
    .option('--json <file>', 'write all rows to a file')
    .option('--report <file>', 'write a page with pictures (.html); with --pools, as it draws those')
    .addHelpText('after', EXAMPLES);
  return withSetting(command).action(run);
}

async function run(options: CompareOptions): Promise<void> {
  const output = new Output(false);
  const setting = settingOf(options);
  const request = {
    contenders: options.policies.map((asked) => contender(asked, setting)),
    sources: options.workload.map(sourceOf),
    setting,
    seeds: options.seeds,
    targetQosPercent: options.qos,
  };
  const pools = options.pools === true || options.report !== undefined;
  const bounds = options.bounds === true;
  const outcome = await runComparison(request, { threads: options.threads, output, pools, bounds });
  // Before any line: whoever reads those may stop early, and ends this process by it.
  if (options.json !== undefined) {
    await writeJson(options.json, { rows: outcome.rows.map(({ row }) => row) });
  }
  if (options.report !== undefined) {
    const command = ['farmhand', ...process.argv.slice(2)].join(' ');
    await writeText(options.report, comparisonPage(outcome, command));
    output.note(`the report is in ${options.report}`);
  }
  for (const line of [...comparisonTable(outcome), '', ...TABLE_LEGEND]) output.line(line);
}
