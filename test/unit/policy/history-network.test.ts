import { describe, expect, test } from 'vitest';
import { BUSY, QUIET } from '../../../autoscaler/trial-observations.ts';
import { HISTORY_INPUTS, longSightOf } from '../../../shared/policy/history-inputs.ts';
import { readHistoryNetwork } from '../../../shared/policy/history-network-model.ts';
import { changeOf, historyNetworkPolicy, inputValues } from '../../../shared/policy/history-network.ts';
import { InvalidModel } from '../../../shared/policy/learned-models.ts';
import { afterLook, firstHistory, historyIn, memoryOf } from '../../../shared/policy/load-history.ts';

const observations = HISTORY_INPUTS.map(({ name, unit, low, high }) => ({ name, unit, low, high }));

/** Aims at the load in the long mean and what came in the last step beyond it; never too many, never too few. */
const layers = [
  {
    activation: 'linear',
    weights: [HISTORY_INPUTS.map(({ name }) => (name === 'load1Ago' ? 1 : 0)), HISTORY_INPUTS.map(() => 0)],
    biases: [0, -40],
  },
];
const model = { guessPerWorker: 0.5, layers };
const policy = historyNetworkPolicy('history', readHistoryNetwork(model, observations));

const seen = (workers: number, offeredLoad: number) => ({ ...BUSY, workers, offeredLoad });

describe('a network with a memory', () => {
  test('takes a pool for suited as long as nothing has been seen', () => {
    expect(policy.begin().decide({ ...QUIET, workers: 8 })).toBe(4);
  });

  test('follows what arrives', () => {
    const decider = policy.begin();
    decider.decide({ ...QUIET, workers: 8 });
    expect(decider.decide(seen(8, 12))).toBe(12);
    expect(decider.decide(seen(12, 3))).toBe(3);
  });

  test('goes on from the memory that another decider left', () => {
    const first = policy.begin();
    for (const load of [4, 9, 7, 12]) first.decide(seen(10, load));
    const second = policy.begin(first.memory?.());
    for (const load of [6, 11]) expect(second.decide(seen(10, load))).toBe(first.decide(seen(10, load)));
    expect(second.memory?.()).toEqual(first.memory?.());
  });

  test('begins anew where a memory is another policy’s', () => {
    expect(policy.begin({ smoothedLoad: 3 }).decide(seen(8, 12))).toBe(policy.begin().decide(seen(8, 12)));
  });
});

test.each([
  [0.6, 0],
  [0.8, 1],
  [1.6, 1],
  [1.8, 2],
  [-0.6, 0],
  [-0.8, -1],
  [-1.8, -2],
])('with a tolerance of 0.2, %s workers too few are answered by %s', (change, answer) => {
  expect(changeOf({ change, tolerance: 0.2 })).toBe(answer);
});

describe('what has arrived', () => {
  test('is remembered newest first, the first standing for those before it', () => {
    const first = firstHistory(seen(8, 0), 0.5);
    const second = afterLook(first, seen(8, 6));
    expect(second.loads).toEqual(new Array(16).fill(6));
    expect(afterLook(second, seen(8, 9)).loads.slice(0, 3)).toEqual([9, 6, 6]);
  });

  test('is remembered as plain numbers', () => {
    const history = afterLook(firstHistory(seen(8, 0), 0.5), seen(8, 6));
    expect(historyIn(memoryOf(history))).toEqual(history);
    expect(historyIn({ ...memoryOf(history), load15: Number.NaN })).toBeDefined();
    expect(historyIn({})).toBeUndefined();
  });

  test('looks the same whenever it is: nothing tells the time', () => {
    let history = firstHistory(seen(8, 7), 0.5);
    const inputs: (readonly number[])[] = [];
    for (let look = 0; look < 400; look += 1) {
      history = afterLook(history, seen(8, 7));
      inputs.push(inputValues(HISTORY_INPUTS, longSightOf(seen(8, 7), { ...history, workers: 8 })));
    }
    const [early, late] = [inputs[250] ?? [], inputs[399] ?? []];
    for (const [at, value] of early.entries()) expect(value).toBeCloseTo(late[at] ?? Number.NaN, 3);
  });
});

describe('a model of it', () => {
  const [layer] = layers;

  test.each([
    ['model.guessPerWorker', { ...model, guessPerWorker: -1 }],
    ['model.planner', { ...model, planner: {} }],
    ['model.layers', { ...model, layers: [] }],
    ['model.layers', { ...model, layers: [{ ...layer, weights: [layer?.weights[0]], biases: [0] }] }],
    ['model.layers[0].weights[0]', { ...model, layers: [{ ...layer, weights: [[1], [1]] }] }],
  ])('is refused by its field %s', (field, given) => {
    let refused: unknown;
    try {
      readHistoryNetwork(given, observations);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(InvalidModel);
    expect((refused as InvalidModel).field).toBe(field);
  });
});
