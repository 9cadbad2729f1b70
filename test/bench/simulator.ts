import { policyOf, readPolicyFile } from '../../autoscaler/training/comparison/policy-file.ts';
import { runEpisode } from '../../autoscaler/training/episode.ts';
import type { Episode } from '../../autoscaler/training/episode.ts';
import { EpisodeDraw } from '../../autoscaler/training/episode-draw.ts';
import { runPlan } from '../../autoscaler/training/search/plan.ts';
import { publishedSetup } from '../../autoscaler/training/published-setup.ts';
import { paired } from './row.ts';
import type { BenchOptions, Row } from './row.ts';
import { startSimpy } from './simpy.ts';
import type { Simpy } from './simpy.ts';
import { inTurns } from './queue.ts';
import { median } from './statistics.ts';

const POLICY = new URL('../../autoscaler/policies/sarsa.json', import.meta.url).pathname;

/** Episodes in a batch: some tenths of a second each. */
const OURS = 500;
const SIMPY = 25;

const setup = publishedSetup();
const policy = policyOf(readPolicyFile(POLICY));

/**
 * The published episode, decided by the shipped table, on one core: tasks drawn, farm simulated, policy asked. SimPy
 * meets the same tasks with the same pool sizes, handed to it ready, because that is the model alone; ours is timed
 * that way too. By processor time, that of all threads, so that others on the machine do not count.
 */
export async function run({ quick, say }: BenchOptions): Promise<readonly Row[]> {
  const simpy = startSimpy(say);
  try {
    playOurs(OURS);
    const rounds = quick ? 3 : 9;
    if (simpy === undefined) return [speed(Array.from({ length: rounds }, () => playOurs(OURS)))];
    const rates = await inTurns(rounds, ['ours', 'model', 'simpy'], async (turn) => {
      if (turn === 'simpy') return playSimpy(simpy);
      return turn === 'ours' ? playOurs(OURS) : playModel();
    });
    say(`episodes/s: ${JSON.stringify(rates)}`);
    const against = (what: string, ours: readonly number[]): Row =>
      paired('simulator', what, ours, ['SimPy', rates.simpy]);
    return [
      speed(rates.ours),
      {
        ...against('the model alone: tasks and pool sizes given', rates.model),
        target: { of: 'ratio', limit: 25, sense: 'atLeast' },
      },
      against('drawn and decided, against SimPy that is given both', rates.ours),
    ];
  } finally {
    simpy?.close();
  }
}

function speed(rates: readonly number[]): Row {
  return {
    suite: 'simulator',
    what: 'published episode, table policy, episodes per processor second',
    ours: median(rates),
    target: { of: 'ours', limit: 3000, sense: 'atLeast' },
    behind: { rates },
  };
}

function episodesOf(count: number): Episode[] {
  return Array.from({ length: count }, (_, index) =>
    runEpisode(policy, setup.workloadOf(index + 1), index + 1, setup.rules),
  );
}

function playOurs(count: number): number {
  const before = process.cpuUsage();
  for (let seed = 1; seed <= count; seed += 1) runEpisode(policy, setup.workloadOf(seed), seed, setup.rules);
  return ratePerProcessorSecond(count, before);
}

function ratePerProcessorSecond(episodes: number, before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (1e6 * episodes) / (user + system);
}

const REPEATS = 20;

/** What SimPy does: the same tasks, and the pool sizes as they were decided. */
function playModel(): number {
  const given = episodesOf(SIMPY).map(({ commands }, index) => ({
    plan: commands.map(({ workers }) => workers),
    draw: new EpisodeDraw(setup.workloadOf(index + 1), index + 1, setup.rules),
  }));
  const before = process.cpuUsage();
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    for (const { plan, draw } of given) runPlan(plan, setup.workloadOf(1), draw, setup.rules);
  }
  return ratePerProcessorSecond(REPEATS * SIMPY, before);
}

async function playSimpy(simpy: Simpy): Promise<number> {
  const episodes = episodesOf(SIMPY);
  const { seconds, met } = await simpy.play(setup.workloadOf(1), episodes);
  const ours = episodes.map(({ simulation }) => simulation.collected.met);
  // Only the same model is worth a comparison.
  if (ours.some((count, index) => count !== met[index])) {
    throw new Error(`Expected SimPy to meet as many deadlines, ${ours.join(' ')}; it met ${met.join(' ')}.`);
  }
  return SIMPY / seconds;
}
