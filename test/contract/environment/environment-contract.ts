import { describe, expect, it } from 'vitest';
import { InvalidAction, InvalidSeed, ResetNeeded } from '../../../autoscaler/training/environment.ts';
import type { ResetAnswer, ResetRequest, StepAnswer } from '../../../autoscaler/training/environment.ts';
import { contains } from '../../../shared/control/spaces.ts';
import type { Box, Discrete } from '../../../shared/control/spaces.ts';

/** An environment on any farm: what a simulated one answers at once, a live one promises. */
interface AnyEnvironment {
  readonly observationSpace: Box;
  readonly actionSpace: Discrete;
  reset(request?: ResetRequest): ResetAnswer | Promise<ResetAnswer>;
  step(action: number): StepAnswer | Promise<StepAnswer>;
}

interface Played {
  readonly observations: readonly (readonly number[])[];
  readonly rewards: readonly number[];
  readonly last: StepAnswer;
}

/** Longer than any episode that a contract test plays. */
const MOST_STEPS = 200;

async function play(environment: AnyEnvironment, request: ResetRequest | undefined): Promise<Played> {
  const [first] = await environment.reset(request);
  const observations = [first];
  const rewards: number[] = [];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const answer = await environment.step(step % environment.actionSpace.n);
    observations.push(answer[0]);
    rewards.push(answer[1]);
    if (answer[2] || answer[3]) return { observations, rewards, last: answer };
  }
  throw new Error(`Expected the episode to end within ${String(MOST_STEPS)} steps.`);
}

/** What everything that calls itself an environment keeps to, where time is virtual: also that nothing is left to chance. */
export function itIsAnEnvironment(name: string, make: () => AnyEnvironment): void {
  describe(`${name} repeats itself:`, () => {
    it('plays the same episode for the same seed and actions, in one environment and in two', async () => {
      const one = make();
      const first = await play(one, { seed: 7 });
      expect(await play(one, { seed: 7 })).toEqual(first);
      expect(await play(make(), { seed: 7 })).toEqual(first);
      expect((await play(one, { seed: 8 })).observations).not.toEqual(first.observations);
    });
    it('draws the next episode itself where no seed is given, the same ones in each environment', async () => {
      const [one, other] = [make(), make()];
      const [, first] = await one.reset();
      const [, second] = await one.reset();
      expect(second.seed).not.toBe(first.seed);
      expect((await other.reset())[1].seed).toBe(first.seed);
      expect((await other.reset())[1].seed).toBe(second.seed);
    });
  });
  itKeepsTheContract(name, make);
}

/** The rest of it, also where time is real. */
export function itKeepsTheContract(name: string, make: () => AnyEnvironment): void {
  describe(`${name} keeps the contract of an environment:`, () => {
    it('observes within its space, and rewards with numbers that are the sum of their terms', async () => {
      const environment = make();
      const { observationSpace } = environment;
      const { observations, rewards, last } = await play(environment, { seed: 11 });
      for (const observation of observations) expect(contains(observationSpace, observation)).toBe(true);
      for (const reward of rewards) expect(Number.isFinite(reward)).toBe(true);
      const sum = Object.values(last[4].rewardTerms).reduce((total, term) => total + term, 0);
      expect(last[1]).toBeCloseTo(sum, 10);
    });
    it('ends in one way, not in both', async () => {
      const { last } = await play(make(), { seed: 3 });
      expect(last[2] !== last[3]).toBe(true);
      if (last[2]) expect(last[4].unfinishedTasks).toBe(0);
    });
    it('takes no step before the first reset and after the end', async () => {
      const environment = make();
      await expect(async () => environment.step(0)).rejects.toThrow(ResetNeeded);
      await play(environment, { seed: 5 });
      await expect(async () => environment.step(0)).rejects.toThrow(ResetNeeded);
      await environment.reset({ seed: 5 });
      expect((await environment.step(0))[4].step).toBe(1);
    });
    it('refuses what is no action and no seed, and goes on', async () => {
      const environment = make();
      await environment.reset({ seed: 5 });
      for (const action of [-1, environment.actionSpace.n, 0.5, Number.NaN]) {
        await expect(async () => environment.step(action)).rejects.toThrow(InvalidAction);
      }
      expect((await environment.step(0))[4].step).toBe(1);
      await expect(async () => environment.reset({ seed: -1 })).rejects.toThrow(InvalidSeed);
      await expect(async () => environment.reset({ seed: 0.5 })).rejects.toThrow(InvalidSeed);
    });
    it('says what was asked for, and what the guards left of it', async () => {
      const environment = make();
      const [, start] = await environment.reset({ seed: 5, options: { initialWorkers: 1 } });
      expect(start.workers).toBe(1);
      const [, , , , info] = await environment.step(0);
      expect(info.requestedDelta).toBe(environment.actionSpace.deltas[0]);
      expect(info).toMatchObject({ appliedDelta: 0, workers: 1, scalingActions: 0 });
      expect(info.guardReasons).toContain('min');
    });
  });
}
