import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  advantageScale,
  advantageSums,
  creditEpisode,
  emptyExperience,
  standardised,
} from '../../../autoscaler/training/experience.ts';
import type { Experience } from '../../../autoscaler/training/experience.ts';
import { GradientLearner, OtherLayers } from '../../../autoscaler/training/gradient-learner.ts';
import { drawGradientNetworks } from '../../../autoscaler/training/gradient-networks.ts';
import type { GradientNetworks } from '../../../autoscaler/training/gradient-networks.ts';
import { GradientSums } from '../../../autoscaler/training/gradient-sums.ts';
import type { Gathering } from '../../../autoscaler/training/gradient-sums.ts';
import { DEFAULT_GRADIENT_SETTINGS } from '../../../autoscaler/training/gradient-training.ts';
import { NetworkBlock } from '../../../autoscaler/training/network-block.ts';
import { PlainNetwork } from '../../../autoscaler/training/plain-network.ts';
import { PoolChoice } from '../../../autoscaler/training/pool-choice.ts';
import { huberLoss } from '../../../autoscaler/training/q-trainer.ts';
import { DEFAULT_GRADIENT_PLAN, trainGradient } from '../../../autoscaler/training/train-gradient.ts';
import type { GradientConfig, TrainGradientOptions } from '../../../autoscaler/training/train-gradient.ts';
import { forward } from '../../../shared/policy/dense-layer.ts';
import { aimOf, changeOf } from '../../../shared/policy/history-network.ts';
import { learnedPolicy } from '../../../shared/policy/learned-policy.ts';
import { decodePolicyFile, encodePolicyFile } from '../../../shared/policy/policy-file.ts';
import { RandomStream } from '../../../shared/workload/random-stream.ts';

vi.setConfig({ testTimeout: 180_000 });

const shape = { ...DEFAULT_GRADIENT_SETTINGS, policyUnits: 6, judgeUnits: 6 };

function networksFor(policy: number, judge: number): GradientNetworks {
  return drawGradientNetworks(shape, { policy, judge }, new RandomStream(1, 'weights'));
}

describe('a choice of a pool', () => {
  const range = { fewest: -2, most: 3 };
  const changes = [-2, -1, 0, 1, 2, 3];

  test('has probabilities that add up to 1', () => {
    const choice = new PoolChoice();
    choice.set({ change: 0.7, tolerance: 0.3 }, range, 0.5);
    expect(changes.reduce((sum, change) => sum + choice.probability(change), 0)).toBeCloseTo(1, 9);
  });

  test('is drawn as often as its probability says', () => {
    const choice = new PoolChoice();
    choice.set({ change: 0.7, tolerance: 0.3 }, range, 0.5);
    const draws = Array.from({ length: 10_000 }, (_, at) => choice.draw(at / 10_000));
    for (const change of changes) {
      const share = draws.filter((drawn) => drawn === change).length / draws.length;
      expect(share).toBeCloseTo(choice.probability(change), 3);
    }
  });

  test.each([-2.4, -0.9, -0.7, 0, 0.6, 0.9, 2.2])(
    'around an aim of %s is the change of the aim, without a blur',
    (aimed) => {
      const aim = { change: aimed, tolerance: 0.2 };
      const choice = new PoolChoice();
      choice.set(aim, range, 1e-3);
      expect(choice.draw(0.5)).toBe(changeOf(aim));
    },
  );

  test('has the slopes that differences say', () => {
    const [choice, step] = [new PoolChoice(), 1e-5];
    const log = (change: number, tolerance: number, chosen: number): number => {
      choice.set({ change, tolerance }, range, 0.5);
      return Math.log(choice.probability(chosen));
    };
    for (const chosen of changes) {
      const byChange = (log(0.7 + step, 0.3, chosen) - log(0.7 - step, 0.3, chosen)) / (2 * step);
      const byTolerance = (log(0.7, 0.3 + step, chosen) - log(0.7, 0.3 - step, chosen)) / (2 * step);
      choice.set({ change: 0.7, tolerance: 0.3 }, range, 0.5);
      expect(choice.slopes(chosen).change).toBeCloseTo(byChange, 6);
      expect(choice.slopes(chosen).tolerance).toBeCloseTo(byTolerance, 6);
    }
  });
});

test('a step is credited with what came better than expected after it', () => {
  const experience = emptyExperience(4, 1);
  experience.rewards.set([9, 1, 2, 4]);
  experience.values.set([9, 3, 3, 3]);
  experience.steps = 4;
  creditEpisode(experience, 1, 0.5);
  // Surprises of 1 + 3 − 3, 2 + 3 − 3 and 4 − 3; the row before is of another episode.
  expect(Array.from(experience.advantages)).toEqual([0, 1 + (2 + 0.5) / 2, 2.5, 1]);
  expect(Array.from(experience.returns)).toEqual([0, 5.25, 5.5, 4]);
});

/** Experience of chance, as an older policy might have left it. */
function anExperience(rows: number, width: number): Experience {
  const stream = new RandomStream(2, 'experience');
  const experience = emptyExperience(rows, width);
  experience.inputs.forEach((_, at) => {
    experience.inputs[at] = stream.uniform(-1, 1);
  });
  for (let row = 0; row < rows; row += 1) {
    experience.workers[row] = stream.integer(4, 12);
    experience.loads[row] = stream.uniform(4, 9);
    experience.scales[row] = Math.sqrt(experience.loads[row] ?? 1);
    experience.fewest[row] = -2;
    experience.most[row] = 2;
    experience.changes[row] = stream.integer(-2, 2);
    experience.logProbabilities[row] = Math.log(stream.uniform(0.2, 0.9));
    experience.advantages[row] = stream.uniform(-2, 2);
    experience.returns[row] = stream.uniform(-0.5, 0.5);
  }
  experience.steps = rows;
  return experience;
}

const gathering: Gathering = { spread: 0.4, scale: { mean: 0, deviation: 1 } };
// Not a multiple of the rows that go through a network together.
const rows = Array.from({ length: 39 }, (_, row) => row);

function expectSlopes(gradient: Float64Array, parameters: Float64Array, loss: () => number): void {
  const step = 1e-5;
  for (const [at, value] of Array.from(parameters).entries()) {
    parameters[at] = value + step;
    const above = loss();
    parameters[at] = value - step;
    const below = loss();
    parameters[at] = value;
    expect(gradient[at]).toBeCloseTo((above - below) / (2 * step), 4);
  }
}

test('the gradient of the policy is what differences say', () => {
  const networks = networksFor(3, 5);
  const sums = new GradientSums(networks, anExperience(40, 5), 1e6);
  const { parameters } = networks.policy;
  const loss = (): number => sums.addPolicy(rows, gathering, new Float64Array(parameters.length));
  const gradient = sums.of(rows, gathering).policy;
  expectSlopes(gradient, parameters, loss);
});

test('the gradient of the judge is what differences say', () => {
  const networks = networksFor(3, 5);
  const experience = anExperience(40, 5);
  const { parameters } = networks.judge;
  const loss = (): number =>
    rows.reduce((sum, row) => {
      const [value = 0] = networks.judge.forward(experience.inputs, row * experience.width);
      return sum + huberLoss(value - (experience.returns[row] ?? 0));
    }, 0);
  const gradient = new GradientSums(networks, experience, 0.2).of(rows, gathering).judge;
  expectSlopes(gradient, parameters, loss);
});

test.each([
  ['so unlikely once that the choice is by far likely enough by now', 1, -30],
  ['so likely once that the choice is by far unlikely enough by now', -1, 30],
])('what is out of date teaches the policy nothing: %s', (_, advantage, logProbability) => {
  const experience = anExperience(40, 5);
  experience.advantages.fill(advantage);
  experience.logProbabilities.fill(logProbability);
  const { policy } = new GradientSums(networksFor(3, 5), experience, 0.2).of(rows, gathering);
  expect(policy.every((slope) => slope === 0)).toBe(true);
});

test('four rows at a time come to what one row after the other comes to, to the last bit', () => {
  const { policy } = networksFor(3, 5);
  const { inputs } = anExperience(8, 5);
  const [block, single] = [new NetworkBlock(policy), new PlainNetwork(policy.layers())];
  const together = new Float64Array(policy.parameters.length);
  const alone = new Float64Array(policy.parameters.length);
  for (let row = 0; row < 8; row += 4) {
    const starts = [0, 1, 2, 3].map((at) => (row + at) * 5);
    const outputs = Float64Array.from(block.forward(inputs, starts));
    block.backward(outputs, together);
    for (const [at, start] of starts.entries()) {
      expect(Array.from(single.forward(inputs, start))).toEqual(
        Array.from(outputs.slice(2 * at, 2 * at + 2)),
      );
      single.backward(outputs.slice(2 * at, 2 * at + 2), alone);
    }
  }
  expect(Array.from(together)).toEqual(Array.from(alone));
});

test('advantages have mean 0 and deviation 1, also in several shares of an experience', () => {
  const shares = [anExperience(40, 5), anExperience(7, 5)];
  const scale = advantageScale(shares.map(advantageSums));
  const all = shares.flatMap(({ advantages }) => Array.from(advantages, (each) => standardised(each, scale)));
  expect(all.reduce((sum, each) => sum + each, 0)).toBeCloseTo(0, 9);
  expect(all.reduce((sum, each) => sum + each * each, 0) / all.length).toBeCloseTo(1, 6);
});

test('the learner solves a toy problem: the pool that the only input asks for', async () => {
  const networks = networksFor(1, 1);
  const learner = new GradientLearner({ ...shape, passes: 2, batchRows: 256 }, networks);
  const choice = new PoolChoice();
  const [experience, spread] = [emptyExperience(1024, 1), 0.3];
  const sums = new GradientSums(networks, experience, shape.ratioLimit);
  for (let update = 0; update < 60; update += 1) {
    const stream = new RandomStream(update, 'toy');
    experience.steps = 0;
    for (let row = 0; row < experience.room; row += 1) {
      const input = stream.integer(0, 1);
      experience.inputs[row] = input;
      experience.workers[row] = 6;
      experience.loads[row] = 4;
      experience.scales[row] = 2;
      experience.fewest[row] = -3;
      experience.most[row] = 3;
      const standing = { workers: 6, load: 4, scale: 2 };
      choice.set(
        aimOf(learner.policy.forward(experience.inputs, row), standing),
        { fewest: -3, most: 3 },
        2 * spread,
      );
      const change = choice.draw(stream.unit());
      experience.changes[row] = change;
      experience.logProbabilities[row] = Math.log(choice.probability(change));
      experience.values[row] = learner.judge.forward(experience.inputs, row)[0] ?? 0;
      experience.rewards[row] = -Math.abs(change - (input === 0 ? -1 : 2));
      experience.steps += 1;
      creditEpisode(experience, row, 0.9);
    }
    const scale = advantageScale([advantageSums(experience)]);
    await learner.learn(experience.steps, { policy: 0.01, judge: 0.01 }, ({ number, of }) => {
      const batch = Array.from({ length: experience.steps / of }, (_, at) => number + at * of);
      return Promise.resolve([sums.of(batch, { spread, scale })]);
    });
  }
  const wanted = (input: number): number =>
    changeOf(aimOf(forward(learner.averageLayers(), [input]), { workers: 6, load: 4, scale: 2 }));
  expect([wanted(0), wanted(1)]).toEqual([-1, 2]);
});

const tiny: GradientConfig = {
  kind: 'gradient',
  name: 'tiny',
  rules: { dispatch: 'triage', stepLimit: 1, announced: false },
  settings: { ...DEFAULT_GRADIENT_SETTINGS, updates: 4, episodes: 6, mixedShare: 0.2, batchRows: 64 },
  plan: {
    ...DEFAULT_GRADIENT_PLAN,
    checkpointEvery: 2,
    evalEpisodes: 3,
    adjustingEpisodes: 3,
    scoringEpisodes: 3,
  },
  origin: { command: 'a test' },
};

function trained(options: Partial<TrainGradientOptions> = {}): ReturnType<typeof trainGradient> {
  return trainGradient({ config: tiny, threads: 2, clock: () => 0, ...options });
}

describe('a training', () => {
  let folder: string;

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'farmhand-gradient-')), 'run');
  });

  afterEach(() => {
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  test('that was interrupted, and then resumed, makes the same policy as one that was not', async () => {
    const interrupt = new AbortController();
    const stopped = await trained({
      folder,
      signal: interrupt.signal,
      onUpdate: ({ update }) => {
        if (update === 3) interrupt.abort();
      },
    });
    expect(stopped).toBeUndefined();
    expect(await trained({ folder, isResumed: true })).toEqual(await trained());
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['policy.json', 'training-curves.svg']));
  });

  test('makes the same policy with one thread as with three', async () => {
    expect(await trained({ threads: 1 })).toEqual(await trained({ threads: 3 }));
  });

  test('makes a policy file that can be read, decides, and says where it comes from', async () => {
    const document = await trained();
    if (document === undefined) throw new Error('It was stopped by nobody.');
    expect(document.provenance).toMatchObject({ command: 'a test', seeds: { learner: 1 } });
    const read = decodePolicyFile(encodePolicyFile(document));
    expect(learnedPolicy(read).name).toBe('tiny');
  });

  test('from a start lets the judge learn first, and leaves the policy as it is meanwhile', async () => {
    const first = await trained();
    const { layers: start } = first?.model as { layers: NonNullable<GradientConfig['start']> };
    const again = await trained({ config: { ...tiny, start } });
    const { layers } = again?.model as { layers: typeof start };
    // But for the last bias of all, which is how its safety is moved.
    expect(layers.slice(0, -1)).toEqual(start.slice(0, -1));
    expect(layers.at(-1)?.weights).toEqual(start.at(-1)?.weights);
  });

  test('that learns nothing only moves the safety of its start', async () => {
    const { layers: start } = (await trained())?.model as { layers: NonNullable<GradientConfig['start']> };
    const settings = { ...tiny.settings, updates: 0, targetMissedPercent: 50 };
    const origin = { ...tiny.origin, startedFrom: { command: 'before' } };
    const moved = await trained({ config: { ...tiny, start, settings, origin }, folder });
    expect(moved?.provenance['startedFrom']).toEqual({ command: 'before' });
    expect(moved?.provenance['seeds']).not.toHaveProperty('training');
    const { layers } = moved?.model as { layers: typeof start };
    expect(layers.at(-1)?.biases[0]).toBeLessThan(start.at(-1)?.biases[0] ?? 0);
    expect(layers.at(-1)?.biases[1]).toBe(start.at(-1)?.biases[1]);
  });

  test('refuses a start of another shape', async () => {
    const start = [{ activation: 'linear' as const, weights: [[1], [1]], biases: [0, 0] }];
    await expect(trained({ config: { ...tiny, start } })).rejects.toThrow(OtherLayers);
  });
});
