import { expect, test } from 'vitest';
import { genomeOf, modelOf } from '../../../autoscaler/training/network-genome.ts';
import { NetworkSearch } from '../../../autoscaler/training/network-search.ts';
import { DEFAULT_NETWORK_SEARCH } from '../../../autoscaler/training/train-network.ts';

async function searched(threads: number): Promise<number[]> {
  const search = new NetworkSearch({
    ...DEFAULT_NETWORK_SEARCH,
    rules: { dispatch: 'triage', stepLimit: 1, announced: true },
    constantGenerations: 2,
    generations: 2,
    episodes: 4,
    threads,
  });
  try {
    return await search.search();
  } finally {
    await search.end();
  }
}

test('the same seed gives the same weights, however many threads there are', async () => {
  expect(await searched(2)).toEqual(await searched(1));
});

test.each([0, 3])('a search can go on from the model that it made (%i hidden units)', (hidden) => {
  const plan = { announced: false, stepLimit: 1, hidden, seed: 1 };
  const genome = Array.from({ length: 60 }, (_, at) => Math.sin(at) / 10);
  const model = modelOf(genome, plan);
  const again = modelOf(genomeOf(model, plan), plan);
  expect(again.prices.softness).toBeCloseTo(model.prices.softness, 9);
  expect(again.layers[0]?.weights[0]?.[3]).toBeCloseTo(model.layers[0]?.weights[0]?.[3] ?? Number.NaN, 9);
});
