import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contenderByName } from '../../autoscaler/training/comparison/contender.ts';
import type { NamedContender } from '../../autoscaler/training/comparison/comparison.ts';
import { readPolicyFile } from '../../autoscaler/training/comparison/policy-file.ts';
import type { ComparisonSetting } from '../../autoscaler/training/comparison/setting.ts';
import { changedSource } from '../../autoscaler/training/published-setup.ts';
import type { SetupChanges } from '../../autoscaler/training/published-setup.ts';
import type { WorkloadSource } from '../../autoscaler/training/workload-source.ts';
import { DEFAULT_DISPATCH } from '../../shared/farm/dispatch-order.ts';
import type { PolicyFile } from '../../shared/policy/policy-file.ts';
import type { Output } from '../output.ts';
import { episodeTraces } from './report/episode-section.ts';
import { episodeLegend, episodePicture } from './report/episode-picture.ts';
import { scatter } from './report/scatter.ts';
import { standingPicture } from './report/standing-picture.ts';
import { colourOf } from './report/style.ts';
import { runComparison } from './run-comparison.ts';
import type { ComparisonOutcome } from './run-comparison.ts';
import { writeText } from './text-file.ts';

/** Few of those that select policies: pictures, not figures to be quoted. */
const SEEDS = Array.from({ length: 30 }, (_, index) => 59_001 + index);

/** Whom a policy is drawn beside; the fixed pools are there as well. */
const BESIDE = ['staffing', 'reactive-average'];

const TARGET_QOS_PERCENT = 99.2;

export interface RunPicturesOptions {
  readonly threads: number;
  readonly output: Output;
}

/**
 * Draws what became of a training run, into its folder: the policy among rules and fixed pools
 * (`qos-against-workers.svg`), and one episode step by step (`steps.svg`).
 */
export async function drawRun(folder: string, options: RunPicturesOptions): Promise<void> {
  const content = readPolicyFile(join(folder, 'policy.json'));
  const source = sourceIn(folder);
  const request = {
    contenders: [{ asked: content.name, contender: trained(content) }, ...BESIDE.flatMap(byName)],
    ...{ sources: [source], setting: settingOf(content), seeds: SEEDS },
    targetQosPercent: TARGET_QOS_PERCENT,
  };
  const outcome = await runComparison(request, { ...options, pools: true, bounds: false });
  await writePictures(folder, outcome);
}

async function writePictures(folder: string, outcome: ComparisonOutcome): Promise<void> {
  const [source] = outcome.request.sources;
  if (source === undefined) return;
  const drawn = outcome.rows.map((compared, index) => ({
    ...{ compared, row: compared.row, colour: colourOf(index) },
  }));
  const pools = (outcome.pools.get(source.asked) ?? []).map(({ row }) => row);
  await writeText(join(folder, 'qos-against-workers.svg'), standingPicture(scatter(drawn, pools)));
  const episode = episodeTraces(outcome, source, drawn);
  if (episode === undefined) return;
  const { workload, planned, traces } = episode;
  await writeText(
    join(folder, 'steps.svg'),
    standingPicture(episodePicture(workload, planned, traces), episodeLegend(traces)),
  );
}

/** The load of a run that learns on one, as it was changed for it; the others learn on many. */
function sourceIn(folder: string): WorkloadSource {
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as {
    readonly changes?: SetupChanges;
  };
  return config.changes === undefined ? { asked: 'paper-random' } : changedSource(config.changes);
}

function trained(content: PolicyFile): NamedContender['contender'] {
  return { kind: 'policy', policy: { kind: 'file', content } };
}

function byName(asked: string): readonly NamedContender[] {
  const contender = contenderByName(asked);
  return contender === undefined ? [] : [{ asked, contender }];
}

function settingOf({ dispatch, stepLimit, announced }: PolicyFile): ComparisonSetting {
  return { dispatch, actions: stepLimit, announced, lostShare: DEFAULT_DISPATCH.lostShare };
}
