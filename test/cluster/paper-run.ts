import { join } from 'node:path';
import type { Decision } from '../../autoscaler/decision.ts';
import { readPolicyFile } from '../../autoscaler/training/comparison/policy-file.ts';
import { DEFAULT_EPISODE_RULES, runEpisode } from '../../autoscaler/training/episode.ts';
import { summarise } from '../../autoscaler/training/episode-summary.ts';
import type { Counters } from '../../shared/farm/counters.ts';
import { DEFAULT_DISPATCH } from '../../shared/farm/dispatch-order.ts';
import { learnedPolicy } from '../../shared/policy/learned-policy.ts';
import { fixed } from '../../shared/policy/fixed.ts';
import type { Policy } from '../../shared/policy/policy.ts';
import { workloadFor } from '../../shared/workload/named-workloads.ts';
import { episodeSeconds } from '../../shared/workload/workload.ts';
import type { Decisions } from './decisions.ts';
import type { Scene } from './scene.ts';

/** Of those that no policy was trained or chosen on. */
const SEED = 90_001;
const SHIPPED = join(import.meta.dirname, '../../autoscaler/policies/farmhand-triage-4-announced.json');

/** What an episode came to. */
export interface PaperRow {
  readonly who: string;
  readonly qosPercent: number;
  readonly meanWorkers: number;
}

/** What the farm takes beside the work. */
export interface FarmTimes {
  /** From a decision to the registration of the worker that it starts; the median. */
  readonly startDelaySeconds: number;
  /** From the generation of a task to its collection, the work left out, where a worker waits for it; the mean. */
  readonly handOverSeconds: number;
}

/** How long a task takes that meets idle workers, beside its work. */
export async function measureHandOver(scene: Scene): Promise<number> {
  const before = await scene.counters();
  await scene.load({ phases: [{ seconds: 20, multiplier: 1 }], baseRatePerSecond: 1 });
  const after = (await scene.settled()).counters;
  const done = after.completed - before.completed;
  const beside = (counters: Counters): number => counters.responseSecondsSum - counters.serviceSecondsSum;
  return (beside(after) - beside(before)) / done;
}

/** Plays the load; resolves when every task of it has its Result. */
export async function playPaper(scene: Scene, decisions: Decisions, who: string): Promise<PaperRow> {
  const before = await scene.counters();
  const { atSeconds: startedAt } = await scene.control.observe(0);
  await scene.load({ workload: 'paper', seed: SEED });
  await decisions.setPaused(false);
  const { counters } = await scene.settled(600);
  const [met, missed] = [counters.met - before.met, counters.missed - before.missed];
  const made = during(await decisions.all(), startedAt);
  // Commanded workers, as the simulator counts them: whoever drains is none of them any more.
  const sizes = made.map(({ target }) => target).filter((target) => target !== undefined);
  const meanWorkers = sizes.length === 0 ? 12 : sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  return { who, qosPercent: (100 * met) / (met + missed), meanWorkers };
}

function during(decisions: readonly Decision[], startedAt: number): readonly Decision[] {
  const seconds = episodeSeconds(workloadFor('paper', SEED));
  return decisions.filter(({ atSeconds = 0 }) => atSeconds >= startedAt && atSeconds < startedAt + seconds);
}

/** The same tasks in the simulator, with the times that were measured here. */
export function simulatePaper(who: 'shipped' | 'fixed', times: FarmTimes): PaperRow {
  const policy: Policy = who === 'fixed' ? fixed(12) : learnedPolicy(readPolicyFile(SHIPPED));
  const workload = { ...workloadFor('paper', SEED), startDelaySeconds: times.startDelaySeconds };
  const half = times.handOverSeconds / 2;
  const { qosPercent = Number.NaN, meanWorkers } = summarise(
    runEpisode(policy, workload, SEED, {
      ...DEFAULT_EPISODE_RULES,
      dispatch: DEFAULT_DISPATCH,
      stepLimit: 4,
      announced: true,
      handOver: { pickUpSeconds: half, collectSeconds: half },
      endsWhenDone: false,
    }),
  );
  return { who: `${policy.name}, simulated`, qosPercent, meanWorkers };
}
