import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { constantsIn, genomeLength, genomeOf, modelOf } from '../../../autoscaler/training/network-genome.ts';
import { NetworkSearch, OtherGenome } from '../../../autoscaler/training/network-search.ts';
import type { Scorer } from '../../../autoscaler/training/network-search.ts';
import { ThreadCrew } from '../../../autoscaler/training/thread-crew.ts';
import { defaultNetworkSettings, trainNetwork } from '../../../autoscaler/training/train-network.ts';
import type {
  NetworkTrainingConfig,
  TrainNetworkOptions,
} from '../../../autoscaler/training/train-network.ts';
import { learnedPolicy } from '../../../shared/policy/learned-policy.ts';
import { decodePolicyFile, encodePolicyFile } from '../../../shared/policy/policy-file.ts';

// Threads take long to begin on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

const rules = { dispatch: 'triage', stepLimit: 1, announced: true } as const;

const tiny: NetworkTrainingConfig = {
  kind: 'network',
  name: 'tiny',
  rules,
  settings: {
    ...defaultNetworkSettings(rules),
    constantGenerations: 2,
    generations: 2,
    episodes: 3,
    mixedShare: 0,
  },
  plan: { checkpointEvery: 1, evalEpisodes: 3, patience: 0, adjustingEpisodes: 3, scoringEpisodes: 3 },
  origin: { command: 'a test' },
};

function trained(options: Partial<TrainNetworkOptions> = {}) {
  return trainNetwork({ config: tiny, threads: 1, clock: () => 0, ...options });
}

/** The policy of the tiny config, in one go and by one thread. */
let plain: ReturnType<typeof trained> | undefined;

function plainlyTrained(): ReturnType<typeof trained> {
  plain ??= trained();
  return plain;
}

let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'farmhand-network-')), 'run');
});

afterEach(() => {
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

test('the same config makes the same policy, however many threads there are', async () => {
  expect(await trained({ threads: 2 })).toEqual(await plainlyTrained());
});

test('a run that was interrupted, and then resumed, makes the same policy as one that was not', async () => {
  const interrupt = new AbortController();
  const stopped = await trained({
    folder,
    signal: interrupt.signal,
    onGeneration: ({ generation }) => {
      if (generation === 3) interrupt.abort();
    },
  });
  expect(stopped).toBeUndefined();
  expect(readdirSync(join(folder, 'checkpoints'))).not.toEqual([]);
  expect(await trained({ folder, isResumed: true })).toEqual(await plainlyTrained());
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(['policy.json', 'training-curves.svg']));
});

test('a run ends when its checkpoints get no better', async () => {
  const generations: number[] = [];
  await trained({
    config: { ...tiny, plan: { ...tiny.plan, patience: 1 }, settings: { ...tiny.settings, generations: 12 } },
    onGeneration: ({ generation }) => generations.push(generation),
  });
  expect(generations.length).toBeLessThan(14);
});

test('what is trained is a policy file that can be read, decides, and says where it comes from', async () => {
  const document = await plainlyTrained();
  if (document === undefined) throw new Error('It was stopped by nobody.');
  expect(document.provenance).toMatchObject({ command: 'a test', seeds: { learner: 1 } });
  const read = decodePolicyFile(encodePolicyFile(document));
  expect(learnedPolicy(read).name).toBe('tiny');
});

test('a start that is not searched on from only has its safety moved', async () => {
  const start = modelOf([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], rules);
  const settings = { ...tiny.settings, constantGenerations: 0, generations: 0 };
  const origin = { ...tiny.origin, startedFrom: { command: 'before' } };
  const document = await trained({ config: { ...tiny, start, settings, origin } });
  expect(document?.provenance['startedFrom']).toEqual({ command: 'before' });
  expect(document?.provenance['seeds']).not.toHaveProperty('training');
  const { prices, outlook } = document?.model as typeof start;
  const rounded = (value: number): number => Number(value.toFixed(6));
  expect(outlook.spreadSeconds).toBe(rounded(start.outlook.spreadSeconds));
  expect(prices.changePrice).toBe(rounded(start.prices.changePrice));
  expect(prices.safetyNow - prices.safetyLater).toBeCloseTo(
    start.prices.safetyNow - start.prices.safetyLater,
    5,
  );
});

test.each([true, false])('a search can go on from the model that it made (announced: %s)', (announced) => {
  const plan = { announced, stepLimit: 1 };
  const genome = Array.from({ length: genomeLength(plan) }, (_, at) => Math.sin(at) / 10);
  const again = genomeOf(modelOf(genome, plan), plan);
  expect(again.map((value) => Number(value.toFixed(9)))).toEqual(
    genome.map((value) => Number(value.toFixed(9))),
  );
});

const planned = { announced: true, stepLimit: 1 };

/** Scores nothing, and keeps what it was asked to score. */
function listening(): { readonly scorer: Scorer; readonly asked: (readonly number[])[] } {
  const asked: (readonly number[])[] = [];
  const mean = { episodes: 1, missedPercent: 1, workers: 10, actions: 5 };
  const scorer: Scorer = {
    score: (jobs) => {
      asked.push(...jobs.map(({ genome }) => genome));
      return Promise.resolve(jobs.map(() => ({ main: mean, mixed: mean, paper: mean })));
    },
  };
  return { scorer, asked };
}

test('a search for constants alone keeps the network of the model that it sets out from, and goes on from it', async () => {
  const start = Array.from({ length: genomeLength(planned) }, (_, at) => at / 100);
  const { scorer, asked } = listening();
  const settings = { ...tiny.settings, constantGenerations: 1, generations: 1 };
  const search = new NetworkSearch(settings, planned, scorer, start);
  const weights = start.slice(constantsIn(planned));
  await search.next();
  expect(asked.map((genome) => genome.slice(constantsIn(planned)))).toEqual(asked.map(() => weights));
  await search.next();
  expect(search.genome).toHaveLength(start.length);
  expect(search.genome[constantsIn(planned)]).toBeCloseTo(weights[0] ?? 0, 0);
});

test('a state of another model is refused', () => {
  const search = new NetworkSearch(tiny.settings, planned, listening().scorer);
  const other = new NetworkSearch(tiny.settings, { ...planned, announced: false }, listening().scorer);
  expect(() => {
    search.restore(other.state());
  }).toThrow(OtherGenome);
});

test('guesses prepare for jumps, and are less safe where loads are large', () => {
  const { inputs, layers } = modelOf([], planned);
  const weight = (name: string): number =>
    layers[0]?.weights[1]?.[inputs.findIndex((input) => input.name === name)] ?? 0;
  expect(weight('jump')).toBeGreaterThan(1);
  expect(weight('largeLoad')).toBeLessThan(0);
});

test('a thread that ends before it has answered is an error, not a wait for ever', async () => {
  const script = new URL('data:text/javascript,process.exit(3)');
  const crew = new ThreadCrew<string, string>(script, ['task']);
  await expect(crew.ask(() => 'order')).rejects.toThrow('ended with code 3');
  await crew.end();
});
