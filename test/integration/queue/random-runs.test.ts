import { afterAll, beforeAll, expect, test } from 'vitest';
import { PrivateRedis } from '../../support/private-redis.ts';
import { QueueFarm } from '../../support/queue-farm.ts';
import { RandomRun } from './random-run.ts';

/** `RANDOM_RUNS=1 RANDOM_SEED=…` plays one run again. */
const RUNS = Number(process.env['RANDOM_RUNS'] ?? 2000);
const FIRST_SEED = Number(process.env['RANDOM_SEED'] ?? Date.now() % 1_000_000_000);
const STEPS = 80;
const AT_ONCE = 8;

const RARE = [
  'superseded',
  'withdrawn',
  'lateAnswers',
  'handedBack',
  'requeued',
  'cancelled',
  'synExpired',
] as const;

let server: PrivateRedis;
/** Totals over all runs. */
const seen = new Map<string, number>();

beforeAll(async () => {
  server = await PrivateRedis.start();
});
afterAll(() => server.stop());

test(`${String(RUNS)} random runs over crashes, losses and repetitions leave every task accounted for`, async () => {
  const failures: string[] = [];
  let next = 0;
  const playAll = async (): Promise<void> => {
    const shared = await QueueFarm.open(server);
    while (next < RUNS && failures.length === 0) {
      const seed = FIRST_SEED + next;
      next += 1;
      const failure = await play(shared, seed);
      if (failure !== undefined) failures.push(failure);
    }
    shared.close();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, playAll));
  process.stdout.write(`random runs: ${String(next)}, first seed ${String(FIRST_SEED)}\n`);
  process.stdout.write(`  ${[...seen].map(([name, count]) => `${name} ${String(count)}`).join(', ')}\n`);
  expect(failures.join('\n\n')).toBe('');
  // Runs in which the rare things do not happen prove nothing about them.
  if (RUNS >= 500) for (const name of RARE) expect(seen.get(name), name).toBeGreaterThan(0);
}, 300_000);

async function play(connected: QueueFarm, seed: number): Promise<string | undefined> {
  const farm = await connected.sibling(`run-${String(seed)}`, {
    order: (['triage', 'deadline', 'fifo'] as const)[seed % 3] ?? 'triage',
    lostShare: seed % 5,
    // Next to none: the task is with another worker while its first one still works on it.
    backoffSeconds: seed % 4 === 0 ? 1 : 0.001,
  });
  const run = new RandomRun(farm, seed);
  const wrong = await run.play(STEPS).catch((error: unknown) => [String(error)]);
  const { counters } = await farm.control.observe(0);
  for (const [name, count] of Object.entries(counters)) {
    if (!name.endsWith('Sum')) seen.set(name, (seen.get(name) ?? 0) + Number(count));
  }
  await farm.forget();
  if (wrong.length === 0) return undefined;
  const story = run.trace.slice(-120).join('\n');
  return `${story}\n${wrong.join('\n')}\nPlay it again: RANDOM_RUNS=1 RANDOM_SEED=${String(seed)}`;
}
