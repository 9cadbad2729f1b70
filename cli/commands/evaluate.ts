import { Command } from 'commander';
import { episodeRules } from '../../autoscaler/training/comparison/setting.ts';
import { workloadOf } from '../../autoscaler/training/workload-source.ts';
import { aligned, comparisonTable, TABLE_LEGEND } from '../laboratory/comparison-table.ts';
import { contender } from '../laboratory/contenders.ts';
import { list, percentage, settingOf, withSetting } from '../laboratory/options.ts';
import type { SettingOptions } from '../laboratory/options.ts';
import { traceEpisode } from '../laboratory/report/episode-trace.ts';
import { runComparison, sourceOf } from '../laboratory/run-comparison.ts';
import type { ComparisonOutcome } from '../laboratory/run-comparison.ts';
import { writeJson } from '../laboratory/text-file.ts';
import { wholeNumber } from '../option-values.ts';
import { Output } from '../output.ts';
import { FARMHAND } from '../wording.ts';

interface EvaluateOptions extends SettingOptions {
  readonly workload: readonly string[];
  readonly qos: number;
  readonly threads: number;
  readonly pools?: true;
  readonly steps?: number;
  readonly json?: string;
}

const EXAMPLES = `
Examples:
  $ ${FARMHAND} evaluate my-policy.json --workload paper-random --pools
  $ ${FARMHAND} evaluate staffing --workload flash-crowd --steps 90001   # one episode, step by step`;

export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .description('Run one policy through simulated episodes')
    .argument('<policy>', 'a name or a policy file, as for compare')
    .requiredOption('--workload <names>', 'names or workload files, separated by commas', list)
    .option('--qos <percent>', 'QoS that fitted policies and searched plans have to reach', percentage, 99.2)
    .option('--threads <count>', 'episodes run at once', wholeNumber(1, 64), 2)
    .option('--pools', 'hold it against the fixed pool of equal QoS')
    .option('--steps <seed>', 'also show the episode of one seed, step by step', wholeNumber(0, 2 ** 53 - 1))
    .option('--json <file>', 'write all rows to a file')
    .addHelpText('after', EXAMPLES);
  return withSetting(command).action(evaluate);
}

async function evaluate(asked: string, options: EvaluateOptions): Promise<void> {
  const output = new Output(false);
  const setting = settingOf(options);
  const request = {
    contenders: [contender(asked, setting)],
    sources: options.workload.map(sourceOf),
    setting,
    seeds: options.seeds,
    targetQosPercent: options.qos,
  };
  const { threads } = options;
  const outcome = await runComparison(request, {
    threads,
    output,
    pools: options.pools === true,
    bounds: false,
  });
  // Before any line: whoever reads those may stop early, and ends this process by it.
  if (options.json !== undefined) {
    await writeJson(options.json, { rows: outcome.rows.map(({ row }) => row) });
  }
  for (const line of [...comparisonTable(outcome), '', ...TABLE_LEGEND]) output.line(line);
  if (options.steps !== undefined) printSteps(outcome, options.steps, output);
}

/** Plans that were searched for each seed are no policy that could be asked again. */
function printSteps({ rows, request }: ComparisonOutcome, seed: number, output: Output): void {
  for (const source of request.sources) {
    const policy = rows.find(({ row }) => row.workload === source.asked)?.policy;
    output.line();
    if (policy === undefined) {
      output.line(`${source.asked}: a plan searched for each seed has no steps to show`);
      continue;
    }
    output.line(`${source.asked}, seed ${seed}`);
    const trace = traceEpisode(policy, workloadOf(source, seed), seed, episodeRules(source, request.setting));
    const lines = trace.map((point) => [
      point.atSeconds.toFixed(0),
      point.arrivalsPerSecond.toFixed(2),
      String(point.waitingTasks),
      String(point.workers),
    ]);
    for (const line of aligned([['SECONDS', 'ARRIVALS/S', 'WAITING', 'WORKERS'], ...lines]))
      output.line(line);
  }
}
