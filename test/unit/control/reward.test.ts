import { describe, expect, it } from 'vitest';
import { DEFAULT_PRICES, farmhandReward, paperReward, totalReward } from '../../../shared/control/reward.ts';
import type { RewardedStep } from '../../../shared/control/reward.ts';
import { aSnapshot, someCounters } from '../../support/build-snapshot.ts';

interface Situation {
  readonly qos?: number;
  readonly waitingTasks?: number;
  readonly workers?: number;
  readonly delta?: number;
  readonly ending?: 'terminated' | 'truncated';
}

function aStep({ qos, waitingTasks = 0, workers = 12, delta = 0, ending }: Situation): RewardedStep {
  return {
    before: aSnapshot({ atSeconds: 1000 }),
    after: aSnapshot({
      atSeconds: 1008,
      held: { waiting: waitingTasks, delayed: 0, leased: 0, answered: 0 },
      overdueHeld: 1,
      counters: someCounters({ missed: 2 }),
    }),
    observation: {
      ...{ workers, waitingTasks, collectedTasks: 0, answeredTasks: 0 },
      ...{ waitingWorkSeconds: 0, lostWaiting: 0, startingWorkers: 0, busyWorkers: 0 },
      ...(qos === undefined ? {} : { qos }),
    },
    delta,
    ...(ending === undefined ? {} : { ending }),
  };
}

describe('the published reward', () => {
  // Worked out by hand from the published formula.
  it.each<[string, Situation, number]>([
    ['all well', { qos: 1 }, 36 * 0.05 + 3.6],
    ['nothing fell due', {}, 36 * 0.05 + 3.6],
    ['too many workers while calm', { qos: 1, workers: 20 }, 36 * 0.05 + 3.6 - 0.05 * 6],
    ['too many workers while not calm', { qos: 1, workers: 20, waitingTasks: 9 }, 36 * 0.05 + 3.6],
    ['scaling up while overloaded', { qos: 0.5, delta: 1 }, 36 * -0.45 - 0.08 + 5.5],
    ['scaling up for nothing', { qos: 1, delta: 1 }, 36 * 0.05 + 3.6 - 0.08],
    ['scaling down while well', { qos: 1, delta: -1 }, 36 * 0.05 + 3.6 - 0.08 + 0.1],
    ['scaling down while overloaded', { qos: 0.5, delta: -1 }, 36 * -0.45 - 0.08],
    ['a long queue', { qos: 1, waitingTasks: 90 }, 36 * 0.05 - 2.5 * 4],
    ['everything collected', { qos: 1, ending: 'terminated' }, 36 * 0.05 + 3.6 + 8],
    ['steps ran out', { qos: 1, waitingTasks: 10, ending: 'truncated' }, 36 * 0.05 + 3.6 - 2 * 10],
    ['steps ran out with many left', { qos: 1, waitingTasks: 60, ending: 'truncated' }, 36 * 0.05 - 2.5 - 60],
  ])('%s', (_what, situation, expected) => {
    expect(totalReward(paperReward(aStep(situation)))).toBeCloseTo(expected, 10);
  });
});

describe("the farm's own reward", () => {
  const prices = {
    ...DEFAULT_PRICES,
    missedWorkerSeconds: 40,
    actionWorkerSeconds: 2,
    unitWorkerSeconds: 100,
  };

  it('charges worker-seconds, actions, and each deadline that passed in the step', () => {
    expect(farmhandReward(prices)(aStep({ workers: 10, delta: -1 }))).toEqual({
      // Two collected late, and one that is overdue and still held.
      missed: -1.2,
      workers: -0.8,
      scaling: -0.02,
    });
  });
  it('charges only what is above the reference', () => {
    const reward = farmhandReward({ ...prices, referenceWorkers: 12 });
    expect(reward(aStep({ workers: 10 }))).toMatchObject({ workers: 0.16 });
  });
});
