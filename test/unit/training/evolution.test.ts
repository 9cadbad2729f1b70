import { expect, test } from 'vitest';
import { Evolution } from '../../../autoscaler/training/evolution.ts';
import { RandomStream } from '../../../shared/workload/random-stream.ts';

/** A long, tilted valley: easy only for who learns its shape. */
function valley([x = 0, y = 0, z = 0]: readonly number[]): number {
  return (x - 1) ** 2 + 100 * (y + x - 3) ** 2 + 10 * (z - y) ** 2;
}

function searched(seed: number): number[] {
  const stream = new RandomStream(seed, 'evolution');
  const evolution = new Evolution({ start: [0, 0, 0], spread: 0.5, population: 12 }, stream);
  for (let generation = 0; generation < 120; generation += 1) evolution.tell(evolution.ask().map(valley));
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
