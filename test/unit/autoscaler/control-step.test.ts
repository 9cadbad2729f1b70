import { beforeEach, describe, expect, it } from 'vitest';
import { controlStep } from '../../../autoscaler/control-step.ts';
import type { StayingFarm, StepParts, StepResult } from '../../../autoscaler/control-step.ts';
import { PoolFailure } from '../../../autoscaler/pool.ts';
import { NO_MEMORY } from '../../../autoscaler/step-memory.ts';
import { usableRule } from '../../../autoscaler/usable-policy.ts';
import type { ScaleFailure, ScaleOutcome } from '../../../shared/farm/farm-port.ts';
import type { FarmSnapshot, NoData } from '../../../shared/farm/snapshot.ts';
import { fixed } from '../../../shared/policy/fixed.ts';
import { aSnapshot, someCounters } from '../../support/build-snapshot.ts';

/** A farm that shows what it is told to show, and fails as it is told to fail. */
class StagedFarm implements StayingFarm {
  seen: FarmSnapshot | NoData = aSnapshot();
  failures: ScaleFailure[] = [];
  broken: Error | undefined;
  readonly asked: number[] = [];
  stays = 0;

  observe(): Promise<FarmSnapshot | NoData> {
    return Promise.resolve(this.seen);
  }

  stay(): Promise<ScaleOutcome> {
    this.stays += 1;
    return this.#outcome(this.#desired);
  }

  scaleTo(workers: number): Promise<ScaleOutcome> {
    this.asked.push(workers);
    return this.#outcome(workers);
  }

  get #desired(): number {
    return this.seen.kind === 'snapshot' ? this.seen.pool.desired : 0;
  }

  #outcome(workers: number): Promise<ScaleOutcome> {
    if (this.broken !== undefined) return Promise.reject(this.broken);
    const nobody = { takenBack: [], draining: [], removed: [], started: 0 };
    return Promise.resolve({
      before: this.#desired,
      asked: workers,
      applied: workers,
      ...nobody,
      failures: this.failures,
    });
  }
}

let farm: StagedFarm;
let fence: number;

beforeEach(() => {
  farm = new StagedFarm();
  fence = 0;
});

function step(before = NO_MEMORY, overrides: Partial<StepParts> = {}): Promise<StepResult> {
  fence += 1;
  const bounds = { guards: { minWorkers: 1, maxWorkers: 10, stepLimit: 4 }, cooldownSeconds: 0 };
  return controlStep(
    {
      farm,
      policies: { choose: () => usableRule(fixed(4)), refusals: () => [], fallback: usableRule(fixed(1)) },
      rules: { ...bounds, isDryRun: false, stepSeconds: 8 },
      dispatch: 'triage',
      isPaused: false,
      fence,
      clock: () => 0,
      ...overrides,
    },
    before,
  );
}

/** Looked at so many seconds after the first look, with as many workers. */
function later(seconds: number, workers = 2): FarmSnapshot {
  return aSnapshot({
    atSeconds: 1000 + seconds,
    pool: { desired: workers, present: workers, ready: workers },
    counters: someCounters({ missed: 2 }),
  });
}

describe('a step', () => {
  it('does what the policy asks for, and counts as healthy', async () => {
    const { decision, memory } = await step();
    expect(decision).toMatchObject({
      policy: 'static:4',
      policyVersion: 'rule',
      asked: 4,
      target: 4,
      workers: 4,
    });
    expect(memory).toMatchObject({ fence: 1, healthySteps: 1, delta: 2 });
  });

  it('holds where the farm cannot be observed, and says what is wrong with the pool', async () => {
    const { memory } = await step();
    farm.seen = { kind: 'noData', reason: 'the API does not answer', trouble: 'poolAway' };
    const held = await step(memory);
    expect(held.decision.hold).toEqual({
      reason: 'noData',
      detail: 'the API does not answer',
      trouble: 'poolAway',
    });
    expect(farm.asked).toEqual([4]);
    expect(held.memory).toMatchObject({ healthySteps: 0, history: memory.history });
  });

  it('that breaks off says so, and was not healthy', async () => {
    farm.broken = new PoolFailure('forbidden', 'the token does not reach that far');
    const { decision, memory } = await step();
    expect(decision.hold).toMatchObject({ reason: 'scalingFailed', trouble: 'forbidden' });
    expect(memory).toMatchObject({ healthySteps: 0, delta: 0 });
  });

  it('in which workers take their time is healthy, and one that met a conflict is not', async () => {
    farm.failures = [{ reason: 'ackPending', detail: 'one worker' }];
    const patient = await step();
    expect(patient.memory.healthySteps).toBe(1);
    farm.failures = [{ reason: 'conflict', detail: 'somebody else' }];
    expect((await step(patient.memory)).memory.healthySteps).toBe(0);
  });

  it('keeps the size of the pool while its members are being replaced, and sees to those on their way out', async () => {
    farm.seen = aSnapshot({ pool: { desired: 3, present: 4, ready: 3, rollout: 'two of three are new' } });
    const { decision } = await step();
    expect(decision).toMatchObject({ target: 4, hold: { reason: 'rolloutInProgress' } });
    expect({ asked: farm.asked, stays: farm.stays }).toEqual({ asked: [], stays: 1 });
  });

  it('changes nothing while it is paused, and leaves nobody drained for so long', async () => {
    const { decision, memory } = await step(NO_MEMORY, { isPaused: true });
    expect(decision).toMatchObject({ target: 4, workers: 2, hold: { reason: 'paused' } });
    expect({ asked: farm.asked, stays: farm.stays }).toEqual({ asked: [], stays: 1 });
    expect(memory.delta).toBe(0);
  });
});

describe('the fallback', () => {
  const policies = { choose: () => undefined, refusals: () => [], fallback: usableRule(fixed(1)) };

  it('makes the pool smaller after three healthy steps in a row, and not before', async () => {
    let { memory } = await step();
    for (const seconds of [8, 16]) {
      farm.seen = later(seconds);
      const { decision, memory: next } = await step(memory, { policies });
      expect(decision).toMatchObject({ asked: 1, target: 2, guards: ['notHealthyYet'] });
      memory = next;
    }
    farm.seen = later(24);
    expect((await step(memory, { policies })).decision).toMatchObject({ asked: 1, target: 1, guards: [] });
  });

  it('begins to count anew after a step that left no record', async () => {
    let { memory } = await step();
    for (const seconds of [8, 16, 24]) {
      farm.seen = later(seconds);
      ({ memory } = await step(memory));
    }
    // Somebody took the lease, and came to nothing.
    fence += 1;
    farm.seen = later(40);
    const { decision } = await step(memory, { policies });
    expect(decision).toMatchObject({ target: 2, guards: ['notHealthyYet'] });
  });
});

describe('the reward', () => {
  it('is that of the step before, by what has happened since', async () => {
    const { decision, memory } = await step();
    expect(decision.reward).toBeUndefined();
    farm.seen = later(8, 4);
    const next = await step(memory);
    // Two deadlines missed at 40, four workers for 8 s, two workers added at 2; in hundreds of worker-seconds.
    expect(next.decision.reward?.farmhand).toBeCloseTo(-(80 + 32 + 4) / 100);
    expect(next.decision.reward?.paper).toBeTypeOf('number');
  });
});
