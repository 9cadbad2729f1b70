import { describe, expect, it } from 'vitest';
import { SarsaLearner } from '../../../autoscaler/training/sarsa-learner.ts';
import type { SarsaRates } from '../../../autoscaler/training/sarsa-learner.ts';
import { visitShares } from '../../../autoscaler/training/state-visits.ts';
import { RandomStream } from '../../../shared/workload/random-stream.ts';

/** Visited so often that the step size is the one asked for. */
const OFTEN = 1000;
const rates: SarsaRates = { alpha: 0.1, gamma: 0.9, lambda: 0.5, traceThreshold: 1e-5 };

function aLearner(cells = 4, actions = 3): SarsaLearner {
  const learner = new SarsaLearner(cells, actions);
  learner.visits.fill(OFTEN);
  learner.begin();
  return learner;
}

/** A corridor of four places: 0 goes left, 1 stays, 2 goes right; the last ends it with 1, a step costs 0.1. */
function walk(learner: SarsaLearner, stream: RandomStream, epsilon: number): void {
  learner.begin();
  let place = 0;
  let action = learner.choose(place, epsilon, stream);
  for (let step = 0; step < 100; step += 1) {
    const reached = Math.max(0, place + action - 1);
    if (reached === 3) {
      learner.learn({ cell: place, action, reward: 1 }, rates);
      return;
    }
    const next = { cell: reached, action: learner.choose(reached, epsilon, stream) };
    learner.learn({ cell: place, action, reward: -0.1, next }, rates);
    place = next.cell;
    action = next.action;
  }
}

describe('SARSA(λ)', () => {
  it('takes nothing from beyond a terminal state, and goes on in value where the steps ran out', () => {
    const learner = aLearner();
    learner.values.fill(10);
    expect(learner.learn({ cell: 0, action: 0, reward: 1 }, rates)).toBeCloseTo(1 - 10, 12);
    learner.begin();
    const truncated = { cell: 1, action: 0, reward: 1, next: { cell: 2, action: 0 } };
    expect(learner.learn(truncated, rates)).toBeCloseTo(1 + 0.9 * 10 - 10, 12);
  });
  it('credits what went before by γλ a step, and more where it came there twice', () => {
    const learner = aLearner();
    learner.learn({ cell: 0, action: 0, reward: 0, next: { cell: 1, action: 0 } }, rates);
    learner.learn({ cell: 1, action: 0, reward: 0, next: { cell: 0, action: 0 } }, rates);
    learner.learn({ cell: 0, action: 0, reward: 0, next: { cell: 2, action: 0 } }, rates);
    learner.learn({ cell: 2, action: 0, reward: 1 }, rates);
    const decay = 0.9 * 0.5;
    expect(learner.values[6]).toBeCloseTo(0.1, 12);
    expect(learner.values[0]).toBeCloseTo(0.1 * (decay + decay ** 3), 12);
    expect(learner.values[3]).toBeCloseTo(0.1 * decay ** 2, 12);
  });
  it('forgets traces below the threshold', () => {
    const learner = aLearner();
    const short = { ...rates, traceThreshold: 0.3 };
    learner.learn({ cell: 0, action: 0, reward: 0, next: { cell: 1, action: 0 } }, short);
    learner.learn({ cell: 1, action: 0, reward: 0, next: { cell: 2, action: 0 } }, short);
    learner.learn({ cell: 2, action: 0, reward: 1 }, short);
    expect(learner.values[3]).toBeGreaterThan(0);
    expect(learner.values[0]).toBe(0);
  });
  it('begins an episode without the traces of the one before', () => {
    const learner = aLearner();
    learner.learn({ cell: 0, action: 0, reward: 0, next: { cell: 1, action: 0 } }, rates);
    learner.begin();
    learner.learn({ cell: 1, action: 0, reward: 1 }, rates);
    expect(learner.values[0]).toBe(0);
  });
  it('takes a first visit at its word, and later ones as a mean', () => {
    const learner = new SarsaLearner(1, 1);
    for (const reward of [4, 8, 6]) {
      learner.begin();
      learner.learn({ cell: 0, action: 0, reward }, rates);
    }
    expect(learner.values[0]).toBeCloseTo(6, 12);
  });
  it('tries what it never tried before it prefers anything', () => {
    const learner = new SarsaLearner(1, 3);
    learner.learn({ cell: 0, action: 1, reward: 5 }, rates);
    const stream = new RandomStream(1, 'exploration');
    const chosen = Array.from({ length: 20 }, () => learner.choose(0, 0, stream));
    expect(new Set(chosen)).toEqual(new Set([0, 2]));
  });
  it('solves a corridor', () => {
    const learner = new SarsaLearner(4, 3);
    const stream = new RandomStream(3, 'exploration');
    for (let episode = 0; episode < 600; episode += 1) walk(learner, stream, 0.3 * (1 - episode / 600));
    for (const place of [0, 1, 2]) expect(learner.choose(place, 0, stream)).toBe(2);
    const [first = 0, second = 0, third = 0] = [0, 1, 2].map((place) => learner.values[place * 3 + 2]);
    expect(third).toBeCloseTo(1, 5);
    expect(second).toBeCloseTo(0.8, 1);
    expect(first).toBeCloseTo(0.62, 1);
  });
});

it('tells how its visits spread over the bins of each quantity', () => {
  const cuts = [
    { name: 'a', edges: [1] },
    { name: 'b', edges: [1, 2] },
  ];
  const cells = [
    { cell: 1, values: [0, 0], visits: [2, 1] },
    { cell: 5, values: [0, 0], visits: [1, 0] },
  ];
  const model = { cuts, cells, fallback: 'keep' } as const;
  expect(visitShares(model, 0)).toEqual([0.75, 0.25]);
  expect(visitShares(model, 1)).toEqual([0, 0.75, 0.25]);
});
