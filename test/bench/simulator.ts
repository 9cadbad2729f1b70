import { policyOf, readPolicyFile } from '../../autoscaler/training/comparison/policy-file.ts';
import { runEpisode } from '../../autoscaler/training/episode.ts';
import type { Episode } from '../../autoscaler/training/episode.ts';
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
 * meets the same tasks with the same pool sizes, handed to it ready: neither drawing nor deciding is timed there.
 */
export async function run({ quick, say }: BenchOptions): Promise<readonly Row[]> {
  const simpy = startSimpy(say);
  try {
    playOurs(OURS);
    const rounds = quick ? 3 : 9;
    if (simpy === undefined) return [speed(Array.from({ length: rounds }, () => playOurs(OURS)))];
    const rates = await inTurns(rounds, ['ours', 'simpy'], async (turn) =>
      turn === 'ours' ? playOurs(OURS) : playSimpy(simpy),
    );
    say(`episodes/s: ${JSON.stringify(rates)}`);
    const compared = paired('simulator', 'the same, against SimPy', rates.ours, ['SimPy', rates.simpy]);
    return [speed(rates.ours), { ...compared, target: { of: 'ratio', limit: 25, sense: 'atLeast' } }];
  } finally {
    simpy?.close();
  }
}

function speed(rates: readonly number[]): Row {
  return {
    suite: 'simulator',
    what: 'published episode, table policy, one core, episodes/s',
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
  const startedMs = performance.now();
  for (let seed = 1; seed <= count; seed += 1) runEpisode(policy, setup.workloadOf(seed), seed, setup.rules);
  return (1000 * count) / (performance.now() - startedMs);
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
