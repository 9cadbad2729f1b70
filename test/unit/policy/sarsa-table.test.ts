import { describe, expect, it } from 'vitest';
import type { Observation } from '../../../shared/control/observation.ts';
import { Discretisation } from '../../../shared/policy/discretisation.ts';
import { paperObservation } from '../../../shared/policy/paper-observation.ts';
import { bestVisited, sarsaTable } from '../../../shared/policy/sarsa-table.ts';
import type { SarsaModel } from '../../../shared/policy/sarsa-table.ts';
import { qNetwork } from '../../../shared/policy/q-network.ts';
import { vectorOf } from '../../../shared/policy/observation-schema.ts';

const schema = paperObservation(32);
const deltas = [-1, 0, 1];
const model: SarsaModel = {
  cuts: [{ name: 'workers', edges: [5, 10] }],
  fallback: 'keep',
  cells: [
    { cell: 0, values: [1, 2, 3], visits: [1, 1, 1] },
    { cell: 1, values: [0, -5, 9], visits: [3, 4, 0] },
  ],
};

function seen(workers: number): Observation {
  return {
    ...{ workers, collectedTasks: 0, waitingTasks: 0, answeredTasks: 0 },
    ...{ waitingWorkSeconds: 0, lostWaiting: 0, startingWorkers: 0, busyWorkers: 0 },
  };
}

describe('a learned table', () => {
  const decide = (workers: number, changes: Partial<SarsaModel> = {}) =>
    sarsaTable({ name: 'sarsa', schema, deltas, model: { ...model, ...changes } })
      .begin()
      .decide(seen(workers));

  it('takes the best action of the cell that it sees', () => {
    expect(decide(3)).toBe(4);
  });
  it('does not take an action that was never tried, whatever its value', () => {
    expect(decide(7)).toBe(6);
  });
  it('lets the fallback decide where the learner never was', () => {
    expect(decide(20)).toBeUndefined();
    // Nothing to do, and 20 workers: the published rule removes one.
    expect(decide(20, { fallback: 'reactive-maximum' })).toBe(19);
  });
  it('never scales up by a tie', () => {
    const often = [1, 1, 1];
    expect(bestVisited([2, 2, 2], often, deltas)).toBe(1);
    expect(bestVisited([2, 1, 2], often, deltas)).toBe(0);
    expect(bestVisited([2, 2, 2], [0, 0, 0], deltas)).toBeUndefined();
  });
});

describe('a network of action values', () => {
  it('takes the action of the highest value, and the mildest of equal ones', () => {
    const rows = (biases: readonly number[]) => ({
      layers: [
        { activation: 'linear' as const, weights: [0, 0, 0].map(() => Array<number>(9).fill(0)), biases },
      ],
    });
    const decide = (biases: readonly number[]) =>
      qNetwork({ name: 'dqn', schema, deltas, model: rows(biases) })
        .begin()
        .decide(seen(12));
    expect(decide([0, 1, 2])).toBe(13);
    expect(decide([1, 1, 1])).toBe(12);
    expect(decide([3, 1, 2])).toBe(11);
  });
});

describe('the published observations', () => {
  it('say 1.5 s and a QoS of 1 where nothing was collected, and stay within their bounds', () => {
    expect(vectorOf(schema, seen(12))).toEqual([0, 0, 0, 0, 12, 1.5, 1.5, 0, 1]);
    const flooded = { ...seen(40), waitingTasks: 5000, qos: 0.25, meanResponseSeconds: 2 };
    expect(vectorOf(schema, flooded)).toEqual([0, 800, 0, 0, 32, 2, 1.5, 0, 0.25]);
  });
});

describe('a discretisation', () => {
  it('numbers cells without a gap, and puts a figure on an edge above it', () => {
    const cells = new Discretisation(
      [
        { name: 'a', edges: [1, 2] },
        { name: 'c', edges: [0] },
      ],
      ['a', 'b', 'c'],
    );
    expect(cells.size).toBe(6);
    expect(cells.cellOf([0, 9, -1])).toBe(0);
    expect(cells.cellOf([1, 9, -1])).toBe(2);
    expect(cells.cellOf([9, 9, 0])).toBe(5);
  });
  it.each([
    [[2, 2], 'strictly increase; got 2 after 2'],
    [[2, 1], 'strictly increase; got 1 after 2'],
    [[Number.NaN], 'got NaN after -Infinity'],
  ])('refuses the edges %j', (edges, reason) => {
    expect(() => new Discretisation([{ name: 'a', edges }], ['a'])).toThrow(reason);
  });
  it('refuses a quantity that is not observed, or comes twice', () => {
    const cut = (name: string) => ({ name, edges: [1] });
    expect(() => new Discretisation([cut('z')], ['a'])).toThrow('Expected one of a; got z.');
    expect(() => new Discretisation([cut('a'), cut('a')], ['a'])).toThrow('got a twice');
  });
});
