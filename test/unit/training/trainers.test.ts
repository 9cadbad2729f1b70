import { beforeAll, describe, expect, it } from 'vitest';
import { PlainNetwork } from '../../../autoscaler/training/plain-network.ts';
import { PlainTrainer } from '../../../autoscaler/training/plain-trainer.ts';
import { drawLayers } from '../../../autoscaler/training/q-trainer.ts';
import type { QTrainer, QTrainerSettings } from '../../../autoscaler/training/q-trainer.ts';
import { emptyBatch } from '../../../autoscaler/training/replay-memory.ts';
import type { Batch } from '../../../autoscaler/training/replay-memory.ts';
import { TensorflowTrainer } from '../../../autoscaler/training/tensorflow-trainer.ts';
import { loadTensorflow } from '../../../autoscaler/tensorflow.ts';
import { forward } from '../../../shared/policy/dense-layer.ts';
import type { DenseLayer } from '../../../shared/policy/dense-layer.ts';
import { RandomStream } from '../../../shared/workload/random-stream.ts';
import { NATIVE_TENSORFLOW } from '../../support/native-tensorflow.ts';

const settings: QTrainerSettings = { gamma: 0.9, learningRate: 0.01, maxGradientNorm: 3 };
const plainTensorflow = await loadTensorflow(['@tensorflow/tfjs']);
const nativeTensorflow = await loadTensorflow([NATIVE_TENSORFLOW]);

function layersOf(sizes: readonly number[], seed = 1): DenseLayer[] {
  return drawLayers(sizes, new RandomStream(seed, 'weights'));
}

/** A batch of chance: some of its steps are terminal. */
function aBatch(size: number, stateSize: number, seed: number): Batch {
  const stream = new RandomStream(seed, 'batch');
  const batch = emptyBatch(size, stateSize);
  for (let index = 0; index < size * stateSize; index += 1) {
    batch.states[index] = stream.unit();
    batch.nextStates[index] = stream.unit();
  }
  for (let row = 0; row < size; row += 1) {
    batch.actions[row] = stream.integer(0, 2);
    batch.rewards[row] = stream.uniform(-3, 3);
    batch.continues[row] = stream.unit() < 0.3 ? 0 : 1;
  }
  return batch;
}

const toyStates: readonly (readonly number[])[] = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
];

/** A corridor of four places: 0 goes left, 1 stays, 2 goes right; reaching the last ends it with 1, a step costs 0.1. */
function corridor(size: number, seed: number): Batch {
  const stream = new RandomStream(seed, 'corridor');
  const batch = emptyBatch(size, 4);
  for (let row = 0; row < size; row += 1) {
    const place = stream.integer(0, 2);
    const action = stream.integer(0, 2);
    const next = Math.max(0, place + action - 1);
    batch.states.set(toyStates[place] ?? [], row * 4);
    batch.nextStates.set(toyStates[next] ?? [], row * 4);
    batch.actions[row] = action;
    batch.rewards[row] = next === 3 ? 1 : -0.1;
    batch.continues[row] = next === 3 ? 0 : 1;
  }
  return batch;
}

function learnCorridor(trainer: QTrainer): readonly (readonly number[])[] {
  for (let step = 0; step < 600; step += 1) {
    trainer.learn(corridor(32, step), 0.01);
    if (step % 20 === 0) trainer.moveTarget(1);
  }
  return toyStates.slice(0, 3).map((state) => forward(trainer.layers(), state));
}

/** Worth of going right from each place, by hand: 1; −0.1 + 0.9 · 1; −0.1 + 0.9 · 0.8. */
const WORTH = [0.62, 0.8, 1] as const;

function expectCorridorSolved(values: readonly (readonly number[])[]): void {
  for (const [place, [left = 0, stay = 0, right = 0]] of values.entries()) {
    expect(right).toBeGreaterThan(Math.max(left, stay));
    expect(right).toBeCloseTo(WORTH[place] ?? 0, 1);
  }
}

function largestDifference(some: readonly DenseLayer[], others: readonly DenseLayer[]): number {
  const flat = (layers: readonly DenseLayer[]): number[] =>
    layers.flatMap(({ weights, biases }) => [...weights.flat(), ...biases]);
  const other = flat(others);
  return Math.max(...flat(some).map((value, index) => Math.abs(value - (other[index] ?? Number.NaN))));
}

describe('the plain trainer', () => {
  it('has the gradient that differences of its loss have', () => {
    const batch = aBatch(16, 5, 3);
    const layers = layersOf([5, 8, 6, 3]);
    const trainer = new PlainTrainer(layers, { ...settings, gamma: 0 });
    const count = layers.reduce((sum, { weights, biases }) => sum + weights.flat().length + biases.length, 0);
    const gradient = new Float64Array(count);
    trainer.gradientOf(batch, gradient);
    const step = 1e-6;
    for (let index = 0; index < count; index += 1) {
      const [above, below] = [step, -step].map((by) => lossAt(layers, index, by)) as [number, number];
      expect(gradient[index]).toBeCloseTo((above - below) / (2 * step), 5);
    }

    function lossAt(from: readonly DenseLayer[], index: number, by: number): number {
      const network = new PlainNetwork(from);
      network.parameters[index] = (network.parameters[index] ?? 0) + by;
      const moved = new PlainTrainer(network.layers(), { ...settings, gamma: 0 });
      return moved.gradientOf(batch, new Float64Array(count));
    }
  });
  it('says what the forward pass of a policy says', () => {
    const layers = layersOf([4, 16, 3]);
    const state = [0.1, 0.7, 0.3, 0.9];
    expect([...new PlainNetwork(layers).forward(state, 0)]).toEqual(forward(layers, state));
  });
  it('solves a corridor', () => {
    expectCorridorSolved(learnCorridor(new PlainTrainer(layersOf([4, 16, 3]), settings)));
  });
  it('counts nothing after a terminal state, and what comes after where only the steps ran out', () => {
    const batch = aBatch(1, 4, 1);
    batch.rewards[0] = 1;
    batch.actions[0] = 0;
    const layers = layersOf([4, 1]);
    // The target network is never moved: this is what it says.
    const [after = 0] = forward(layers, [...batch.nextStates]);
    for (const continues of [0, 1]) {
      batch.continues[0] = continues;
      const trainer = new PlainTrainer(layers, settings);
      for (let step = 0; step < 2000; step += 1) trainer.learn(batch, 0.01);
      const [value = 0] = forward(trainer.layers(), [...batch.states]);
      expect(value).toBeCloseTo(1 + 0.9 * continues * after, 2);
    }
  });
  it('makes the same weights of the same batches', () => {
    const run = (): readonly DenseLayer[] => {
      const trainer = new PlainTrainer(layersOf([4, 8, 3]), settings);
      for (let step = 0; step < 50; step += 1) trainer.learn(aBatch(8, 4, step), 0.01);
      return trainer.layers();
    };
    expect(run()).toEqual(run());
  });
});

describe.each([
  ['in plain JavaScript', plainTensorflow],
  [
    `with its native library${nativeTensorflow === undefined ? ' (skipped: @tensorflow/tfjs-node is not installed)' : ''}`,
    nativeTensorflow,
  ],
])('TensorFlow.js %s', (_how, loaded) => {
  // Both share one engine, and whoever was loaded last decides what it runs on.
  beforeAll(async () => {
    await loaded?.tf.setBackend(loaded.backend);
  });
  const made = (layers: readonly DenseLayer[]): TensorflowTrainer => {
    if (loaded === undefined) throw new Error('It is not installed.');
    return new TensorflowTrainer(loaded, layers, settings);
  };

  it.skipIf(loaded === undefined)('learns what the plain trainer learns, to 1e-4', () => {
    const layers = layersOf([9, 24, 16, 3]);
    const [tensorflow, plain] = [made(layers), new PlainTrainer(layers, settings)];
    for (let step = 0; step < 30; step += 1) {
      const batch = aBatch(32, 9, step);
      expect(tensorflow.learn(batch, 0.003)).toBeCloseTo(plain.learn(batch, 0.003), 4);
      if (step % 10 !== 9) continue;
      tensorflow.moveTarget(0.5);
      plain.moveTarget(0.5);
    }
    expect(largestDifference(tensorflow.layers(), plain.layers())).toBeLessThan(1e-4);
    tensorflow.dispose();
  });
  it.skipIf(loaded === undefined)('keeps no tensor of a step, and none at all once disposed of', () => {
    const memory = (): number => loaded?.tf.memory().numTensors ?? Number.NaN;
    const before = memory();
    const trainer = made(layersOf([4, 8, 3]));
    trainer.learn(aBatch(8, 4, 1), 0.01);
    trainer.moveTarget(1);
    const warm = memory();
    for (let step = 0; step < 10; step += 1) {
      trainer.learn(aBatch(8, 4, step), 0.01);
      trainer.moveTarget(0.01);
      trainer.layers();
    }
    expect(memory()).toBe(warm);
    trainer.dispose();
    expect(memory()).toBe(before);
  });
  it.skipIf(loaded === undefined)('solves a corridor', () => {
    const trainer = made(layersOf([4, 16, 3]));
    expectCorridorSolved(learnCorridor(trainer));
    trainer.dispose();
  });
});
