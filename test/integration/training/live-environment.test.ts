import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { LiveEnvironment } from '../../../autoscaler/training/live-environment.ts';
import { LiveEpisodes } from '../../../cli/laboratory/live-episodes.ts';
import { ensureRedisServer } from '../../../cli/setup/redis-server.js';
import { steady } from '../../../shared/workload/phase.ts';
import type { Workload } from '../../../shared/workload/workload.ts';
import { itKeepsTheContract } from '../../contract/environment/environment-contract.ts';
import { paperDefinition, trainingSeeds } from '../../support/environments.ts';

/** Three steps, of which a task or two arrive in each. Times as on a farm four times as slow. */
const short: Workload = {
  name: 'short',
  stepSeconds: 4,
  steps: 3,
  initialWorkers: 1,
  minWorkers: 1,
  maxWorkers: 2,
  startDelaySeconds: 5.5,
  baseRatePerSecond: 1,
  arrivals: 'counted',
  phases: [steady(1, 12)],
  service: { shape: 4, meanSeconds: 0.4, noiseCv: 0 },
};

const folder = mkdtempSync(join(tmpdir(), 'farmhand-episodes-'));
const episodes = new LiveEpisodes({
  redisServer: await ensureRedisServer(),
  folder,
  workloadOf: () => short,
  order: 'fifo',
  stepLimit: 1,
  timeScale: 0.25,
});
const make = (): LiveEnvironment =>
  new LiveEnvironment({ ...paperDefinition, ...trainingSeeds, begin: episodes.begin });

describe('an environment that starts a farm on this machine', () => {
  afterAll(async () => {
    await episodes.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  itKeepsTheContract('a real farm', make);

  it('scales real workers, and gives every episode a farm without a past', async () => {
    const environment = make();
    const [, start] = await environment.reset({ seed: 5 });
    expect(start).toMatchObject({ step: 0, workers: 1, processedTasks: 0, scalingActions: 0 });
    const [, , , , grown] = await environment.step(2);
    expect(grown).toMatchObject({ workers: 2, requestedDelta: 1, appliedDelta: 1, scalingActions: 1 });
    const [, again] = await environment.reset({ seed: 6 });
    expect(again).toMatchObject({ step: 0, workers: 1, processedTasks: 0, scalingActions: 0 });
  });
});
