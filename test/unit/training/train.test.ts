import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_DQN } from '../../../autoscaler/training/dqn-defaults.ts';
import { trainDqn, trainSarsa } from '../../../autoscaler/training/train.ts';
import type { PolicyDocument } from '../../../autoscaler/training/train.ts';

const folders: string[] = [];

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'farmhand-run-'));
  folders.push(folder);
  return join(folder, 'run');
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const origin = { command: 'a test' };
const plan = { episodes: 60, checkpointEvery: 20, metricsEvery: 10, evalEpisodes: 5 };
const settings = { ...DEFAULT_DQN, hiddenLayers: [8], batchSize: 8, warmupSteps: 50, trainEvery: 8 };

const learners = {
  sarsa: async (how: Parameters<typeof trainSarsa>[0]) => trainSarsa(how),
  dqn: async (how: Parameters<typeof trainSarsa>[0]) =>
    trainDqn({ ...(how as Parameters<typeof trainDqn>[0]), settings, backend: 'plain' }),
};

function withoutTime(document: PolicyDocument): unknown {
  const provenance = document['provenance'] as Record<string, unknown>;
  return { ...document, provenance: { ...provenance, durationSeconds: 0 } };
}

describe.each(Object.entries(learners))('a training run of %s', (kind, train) => {
  it('makes the same policy of the same seed', async () => {
    const [one, other] = [await train({ plan, origin }), await train({ plan, origin })];
    expect(withoutTime(one)).toEqual(withoutTime(other));
    expect(one).toMatchObject({ format: 'farmhand-policy', kind, stepLimit: 1, dispatch: 'fifo' });
  });

  it('keeps its settings, metrics, checkpoints, curves and the policy in its folder', async () => {
    const folder = aFolder();
    const document = await train({ plan, origin, folder });
    const file = (name: string): string => readFileSync(join(folder, name), 'utf8');
    expect(JSON.parse(file('config.json'))).toMatchObject({ kind, plan, origin });
    expect(file('metrics.jsonl').trim().split('\n')).toHaveLength(6);
    expect(file('evaluations.jsonl').trim().split('\n')).toHaveLength(3);
    expect(existsSync(join(folder, 'checkpoints', '00000060.json'))).toBe(true);
    expect(file('training-curves.svg')).toMatch(/^<svg xmlns[^]*<\/svg>\n$/);
    if (kind === 'sarsa') expect(file('state-visits.svg')).toMatch(/Visited \d+ of \d+ cells/);
    expect(JSON.parse(file('policy.json'))).toEqual(document);
    await expect(train({ plan, origin, folder })).rejects.toThrow('Expected a folder without a run');
  });

  it('keeps what it has when it is interrupted, and goes on to the same end', async () => {
    const whole = await train({ plan, origin });
    const folder = aFolder();
    const interrupt = new AbortController();
    const onProgress = ({ episodes }: { readonly episodes: number }): void => {
      if (episodes >= 40) interrupt.abort();
    };
    await train({ plan, origin, folder, signal: interrupt.signal, onProgress });
    expect(existsSync(join(folder, 'checkpoints', '00000040.json'))).toBe(true);
    expect(existsSync(join(folder, 'checkpoints', '00000060.json'))).toBe(false);
    const resumed = await train({ origin, folder, isResumed: true });
    expect(withoutTime(resumed)).toEqual(withoutTime(whole));
  });

  it('ends early where nothing gets better', async () => {
    const folder = aFolder();
    const goal = { qosPercent: 0, actionWorkers: -1000 };
    await train({ plan: { ...plan, episodes: 400, patience: 1, goal }, origin, folder });
    const lines = readFileSync(join(folder, 'evaluations.jsonl'), 'utf8').trim().split('\n');
    expect(lines.length).toBeLessThan(20);
  });
});

it('keeps the metrics of its last episodes too, however few they are', async () => {
  const folder = aFolder();
  await trainSarsa({ plan: { ...plan, metricsEvery: 25 }, origin, folder });
  const lines = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trim().split('\n');
  const episodes = lines.map((line) => (JSON.parse(line) as { readonly episodes: number }).episodes);
  expect(episodes).toEqual([25, 50, 60]);
});

it('says which folder holds no run', async () => {
  const folder = aFolder();
  await expect(trainSarsa({ origin, folder, isResumed: true })).rejects.toThrow(
    `Expected a run in ${folder}`,
  );
});
