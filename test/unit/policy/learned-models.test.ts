import { describe, expect, it } from 'vitest';
import { readQNetworkModel, readSarsaModel } from '../../../shared/policy/learned-models.ts';

const surroundings = { observations: ['workers', 'qos'], actions: 3 };

const table = {
  cuts: [{ name: 'workers', edges: [5, 10] }],
  fallback: 'keep',
  cells: [{ cell: 2, values: [1, 2, 3], visits: [0, 1, 1] }],
};

const network = {
  layers: [
    { activation: 'relu', weights: [[0.5, 1]], biases: [0] },
    { activation: 'linear', weights: [[1], [2], [3]], biases: [0, 0, 0] },
  ],
};

describe('the model of a policy file', () => {
  it('is read back as it was written', () => {
    expect(readSarsaModel(JSON.parse(JSON.stringify(table)), surroundings)).toEqual(table);
    expect(readQNetworkModel(JSON.parse(JSON.stringify(network)), surroundings)).toEqual(network);
  });

  it.each<[string, unknown]>([
    ['model: expected an object with cuts, fallback, cells; got nothing', undefined],
    ['model.extra: expected no such field', { ...table, extra: 1 }],
    [
      'model.fallback: expected keep, reactive-average or reactive-maximum; got "up"',
      { ...table, fallback: 'up' },
    ],
    ['model.cells: expected a list; got {}', { ...table, cells: {} }],
    ['model.cells[0].cell: expected a whole number from 0 to 2; got 3', cell({ cell: 3 })],
    ['model.cells[0].values: expected 3 numbers; got 2', cell({ values: [1, 2] })],
    ['model.cells[0].visits[1]: expected a number; got null', cell({ visits: [1, null, 1] })],
    ['model.cuts[0].name: expected a name; got 7', { ...table, cuts: [{ name: 7, edges: [] }] }],
    ['got queue', { ...table, cuts: [{ name: 'queue', edges: [1] }] }],
    ['strictly increase', { ...table, cuts: [{ name: 'workers', edges: [2, 1] }] }],
  ])('is refused as a table: %s', (reason, model) => {
    expect(() => readSarsaModel(model, surroundings)).toThrow(reason);
  });

  it.each<[string, unknown]>([
    [
      'model.layers: expected a last layer of 3 outputs, one an action; got 1',
      { layers: network.layers.slice(0, 1) },
    ],
    ['model.layers: expected a last layer of 3 outputs', { layers: [] }],
    ['model.layers[0].activation: expected tanh, relu, linear; got "gelu"', first({ activation: 'gelu' })],
    ['model.layers[0].weights[0]: expected 2 numbers; got 1', first({ weights: [[1]] })],
    ['model.layers[0].biases: expected 1 numbers; got 2', first({ biases: [1, 2] })],
  ])('is refused as a network: %s', (reason, model) => {
    expect(() => readQNetworkModel(model, surroundings)).toThrow(reason);
  });
});

function cell(changes: object): unknown {
  return { ...table, cells: [{ ...table.cells[0], ...changes }] };
}

function first(changes: object): unknown {
  return { layers: [{ ...network.layers[0], ...changes }, network.layers[1]] };
}
