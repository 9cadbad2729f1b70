import { Command } from 'commander';
import { encodePolicyFile } from '../../shared/policy/policy-file.ts';
import type { PolicyFile } from '../../shared/policy/policy-file.ts';
import { RandomStream } from '../../shared/workload/random-stream.ts';
import { makePolicy } from '../../autoscaler/training/comparison/plain-policy.ts';
import type { PlainPolicy } from '../../autoscaler/training/comparison/plain-policy.ts';
import { episodeRules } from '../../autoscaler/training/comparison/setting.ts';
import { loadMix } from '../../autoscaler/training/search/load-mix.ts';
import { MixScore } from '../../autoscaler/training/search/mix-score.ts';
import { searchStaffing } from '../../autoscaler/training/search/rule-search.ts';
import { scoreOf, tryPolicy, withDraws } from '../../autoscaler/training/search/trial.ts';
import { workloadOf } from '../../autoscaler/training/workload-source.ts';
import { percentage, settingOf, withSetting } from '../laboratory/options.ts';
import type { SettingOptions } from '../laboratory/options.ts';
import { RunProgress } from '../laboratory/progress.ts';
import { sourceOf } from '../laboratory/run-comparison.ts';
import { staffingPolicy } from '../laboratory/staffing-policy.ts';
import { writeText } from '../laboratory/text-file.ts';
import { originOf } from '../laboratory/training-origin.ts';
import { wholeNumber } from '../option-values.ts';
import { Output } from '../output.ts';
import { FARMHAND } from '../wording.ts';

interface TuneOptions extends SettingOptions {
  readonly workload?: string;
  readonly qos: number;
  readonly trials: number;
  readonly seed: number;
  readonly json?: string;
  readonly policy?: string;
}

const EXAMPLES = `
Examples:
  $ ${FARMHAND} tune staffing                            # the setting that ships: one for many loads
  $ ${FARMHAND} tune staffing --workload my-load.json --policy my-staffing.json    # for one load`;

export function tuneCommand(): Command {
  const staffing = new Command('staffing')
    .description('Search for the constants of the staffing rule, on one load or on a mix of many')
    .option('--workload <name>', `a name or a workload file; left out: a mix of ${loadMix.length}`)
    .option('--qos <percent>', 'QoS to be reached', percentage, 99.2)
    .option('--trials <count>', 'settings to be tried', wholeNumber(2, 100_000), 600)
    .option('--seed <number>', 'of the search itself', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--json <file>', 'write the constants to a file')
    .option('--policy <file>', 'write a policy file, for compare and for the autoscaler')
    .addHelpText('after', EXAMPLES);
  return new Command('tune')
    .description('Tune the rules that learned policies are held against')
    .addCommand(withSetting(staffing, '1-8').action(tuneStaffing));
}

async function tuneStaffing(options: TuneOptions): Promise<void> {
  const output = new Output(false);
  const { score, mostWorkers } = scorer(options);
  const progress = new RunProgress(output, 'settings', options.trials);
  const best = searchStaffing({
    seeds: { few: options.seeds.slice(0, Math.ceil(options.seeds.length / 4)), many: options.seeds },
    trials: options.trials,
    mostWorkers,
    stream: new RandomStream(options.seed, 'staffingSearch'),
    score,
    progress: () => {
      progress.add(1);
    },
  });
  progress.end();
  const text = JSON.stringify(best.candidate, undefined, 2);
  // Before any line: whoever reads those may stop early, and ends this process by it.
  if (options.json !== undefined) await writeText(options.json, `${text}\n`);
  if (options.policy !== undefined) {
    await writeText(options.policy, encodePolicyFile(policyOf(best.candidate, options)));
  }
  const made = options.workload === undefined ? MIX_SCORE : LOAD_SCORE;
  output.line(`Score ${best.score.toFixed(4)}, of which less is better: ${made}.`);
  output.line(text);
}

const LOAD_SCORE = 'mean workers, and 20 for every point of QoS that is missing';
const MIX_SCORE =
  'workers as a share of the fixed pool of equal QoS, and what QoS is missing, over all loads';

function policyOf(found: PlainPolicy, options: TuneOptions): PolicyFile {
  if (found.kind !== 'staffing') throw new TypeError(`Expected a staffing rule; got ${found.kind}.`);
  const { seeds, workload = 'a mix' } = options;
  const origin = {
    ...originOf(['farmhand', ...process.argv.slice(2)].join(' ')),
    workloads: [workload],
    seeds: { first: seeds[0], last: seeds.at(-1) },
  };
  return staffingPolicy({ constants: found.constants, setting: settingOf(options), origin });
}

interface Scorer {
  readonly score: (policy: PlainPolicy, seeds: readonly number[]) => number;
  /** The search looks for a floor among these. */
  readonly mostWorkers: number;
}

function scorer(options: TuneOptions): Scorer {
  const setting = settingOf(options);
  if (options.workload === undefined) {
    const mix = new MixScore(episodeRules({ asked: 'mix' }, setting), options.qos, options.seeds);
    // One worker is the only floor that suits a trickle and a flood alike.
    return { score: (policy, seeds) => mix.of(makePolicy(policy), seeds), mostWorkers: 2 };
  }
  const source = sourceOf(options.workload);
  const context = {
    workload: (seed: number) => workloadOf(source, seed),
    rules: withDraws(episodeRules(source, setting)),
    targetQosPercent: options.qos,
  };
  return {
    score: (policy, seeds) => scoreOf(tryPolicy(makePolicy(policy), context, seeds), options.qos),
    mostWorkers: context.workload(1).maxWorkers,
  };
}
