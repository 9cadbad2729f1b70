import { expect, test } from 'vitest';
import { Evolution } from '../../../autoscaler/training/evolution.ts';
import { RandomStream } from '../../../shared/workload/random-stream.ts';

/** A long, tilted valley: easy only for who learns its shape. */
function valley([x = 0, y = 0, z = 0]: readonly number[]): number {
  return (x - 1) ** 2 + 100 * (y + x - 3) ** 2 + 10 * (z - y) ** 2;
}

function newEvolution(): Evolution {
  return new Evolution({ start: [0, 0, 0], spread: 0.5, population: 12 });
}

function searched(seed: number): number[] {
  const stream = new RandomStream(seed, 'evolution');
  const evolution = newEvolution();
  for (let generation = 0; generation < 120; generation += 1) {
    evolution.tell(evolution.ask(stream).map(valley));
  }
  return evolution.mean;
}

test('the search finds the bottom of a tilted valley', () => {
  const [x, y, z] = searched(1);
  expect(x).toBeCloseTo(1, 2);
  expect(y).toBeCloseTo(2, 2);
  expect(z).toBeCloseTo(2, 2);
});

test('the same seed searches the same way', () => {
  expect(searched(2)).toEqual(searched(2));
  expect(searched(2)).not.toEqual(searched(3));
});

test('a search goes on from a state as if it had never stopped', () => {
  const [one, other] = [newEvolution(), newEvolution()];
  const generation = (of: Evolution, seed: number): void => {
    of.tell(of.ask(new RandomStream(seed, 'evolution')).map(valley));
  };
  for (const seed of [1, 2, 3]) generation(one, seed);
  other.restore(one.state());
  for (const seed of [4, 5]) for (const of of [one, other]) generation(of, seed);
  expect(other.state()).toEqual(one.state());
});
