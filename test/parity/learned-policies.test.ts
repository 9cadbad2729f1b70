import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTensorflow, TensorflowNetwork } from '../../autoscaler/tensorflow.ts';
import { Evaluator } from '../../autoscaler/training/evaluation.ts';
import { Rollouts } from '../../autoscaler/training/rollout.ts';
import type { RolloutRules } from '../../autoscaler/training/rollout.ts';
import { publishedSetup } from '../../autoscaler/training/published-setup.ts';
import { forward } from '../../shared/policy/dense-layer.ts';
import type { DenseLayer } from '../../shared/policy/dense-layer.ts';
import { learnedPolicy } from '../../shared/policy/learned-policy.ts';
import type { LearnedPolicyFile } from '../../shared/policy/learned-policy.ts';
import { RandomStream } from '../../shared/workload/random-stream.ts';
import { NATIVE_TENSORFLOW } from '../support/native-tensorflow.ts';

interface ShippedFile extends LearnedPolicyFile, RolloutRules {
  readonly scores: readonly [
    {
      readonly seeds: { readonly first: number; readonly last: number };
      readonly qosPercent: number;
      readonly meanWorkers: number;
      readonly scalingActions: number;
    },
  ];
}

function shipped(name: string): ShippedFile {
  const file = join(import.meta.dirname, '..', '..', 'autoscaler', 'policies', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as ShippedFile;
}

describe.each([
  // What the publication reports of its own: QoS in percent, at no more than these workers.
  { name: 'sarsa', qosPercent: 99.2, workers: 14.78 },
  { name: 'dqn', qosPercent: 94.91, workers: 14.4 },
])('the shipped $name', ({ name, qosPercent, workers }) => {
  const file = shipped(name);

  it('comes to the scores that its file states', () => {
    const [score] = file.scores;
    const measured = new Evaluator(publishedSetup(), score.seeds).evaluate(learnedPolicy(file));
    expect(measured.qosPercent).toBeCloseTo(score.qosPercent, 2);
    expect(measured.meanWorkers).toBeCloseTo(score.meanWorkers, 2);
    expect(measured.scalingActions).toBeCloseTo(score.scalingActions, 2);
  });
  it('is at least as good as published, with no more workers, on seeds that it never met', () => {
    const judged = new Evaluator(publishedSetup(), { first: 90_001, last: 90_300 });
    const measured = judged.evaluate(learnedPolicy(file));
    expect(measured.qosPercent).toBeGreaterThanOrEqual(qosPercent);
    expect(measured.meanWorkers).toBeLessThanOrEqual(workers);
  });
  it('is refused where it observes what nobody shows', () => {
    const observations = file.observations.slice(1);
    expect(() => learnedPolicy({ ...file, observations })).toThrow(/^observations: expected the quantities/);
  });
});

describe.each([
  ['@tensorflow/tfjs', '@tensorflow/tfjs'],
  ['@tensorflow/tfjs-node', NATIVE_TENSORFLOW],
])('the shipped network on %s', async (name, module) => {
  const loaded = await loadTensorflow([module]);
  const why = loaded === undefined ? ` (skipped: ${name} is not installed)` : '';
  // Both share one engine, and whoever was loaded last decides what it runs on.
  beforeAll(async () => {
    await loaded?.tf.setBackend(loaded.backend);
  });

  it.skipIf(loaded === undefined)(
    `says what the pure forward pass says, to 1e-4, and chooses alike${why}`,
    () => {
      if (loaded === undefined) return;
      const { layers } = shipped('dqn').model as { readonly layers: readonly DenseLayer[] };
      const stream = new RandomStream(1, 'observations');
      const network = new TensorflowNetwork(loaded, layers);
      expect(loaded.tf.getBackend()).toBe(name === '@tensorflow/tfjs' ? 'cpu' : 'tensorflow');
      for (let trial = 0; trial < 200; trial += 1) {
        const inputs = Array.from({ length: 9 }, () => stream.unit());
        const [pure, computed] = [forward(layers, inputs), network.forward(inputs)];
        const tolerance = 1e-4 * Math.max(1, ...pure.map(Math.abs));
        for (const [index, value] of pure.entries()) {
          expect(Math.abs(value - (computed[index] ?? Number.NaN))).toBeLessThan(tolerance);
        }
        const [best = 0, second = 0] = [...pure].sort((one, other) => other - one);
        if (best - second <= 2 * tolerance) continue;
        expect(computed.indexOf(Math.max(...computed))).toBe(pure.indexOf(best));
      }
      network.dispose();
    },
  );

  it
    .skipIf(loaded === undefined)
    .each(['farmhand-triage-1-announced', 'farmhand-triage-1-unannounced', 'farmhand-triage-4-unannounced'])(
    `takes the decisions of %s through an episode as the pure forward pass does${why}`,
    (policy) => {
      if (loaded === undefined) return;
      const file = shipped(policy);
      const networks: TensorflowNetwork[] = [];
      const computed = learnedPolicy(file, (layers) => {
        const network = new TensorflowNetwork(loaded, layers);
        networks.push(network);
        return (inputs) => network.forward(inputs);
      });
      const rollouts = new Rollouts(file);
      const meeting = { source: 'paper-random', seed: 50_001 } as const;
      expect(rollouts.meet(computed, meeting)).toEqual(rollouts.meet(learnedPolicy(file), meeting));
      for (const network of networks) network.dispose();
    },
  );
});
