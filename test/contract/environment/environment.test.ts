import { expect, it } from 'vitest';
import { LiveEnvironment, FarmNotObserved } from '../../../autoscaler/training/live-environment.ts';
import { SimulatedEnvironment } from '../../../autoscaler/training/simulated-environment.ts';
import { workloadFor } from '../../../shared/workload/named-workloads.ts';
import {
  aFarmInVirtualTime,
  aShortLoad,
  farmhandDefinition,
  paperDefinition,
  paperRules,
  trainingSeeds,
} from '../../support/environments.ts';
import { itIsAnEnvironment } from './environment-contract.ts';

const onPaper = { rules: paperRules, workloadOf: () => workloadFor('paper', 1), ...trainingSeeds };
const begin = aFarmInVirtualTime(workloadFor('paper', 1), paperRules);

itIsAnEnvironment(
  "the paper's environment",
  () => new SimulatedEnvironment({ ...paperDefinition, ...onPaper }),
);

itIsAnEnvironment(
  'an environment with our observations and steps up to 4, on loads drawn by seed',
  () =>
    new SimulatedEnvironment({
      ...farmhandDefinition,
      ...trainingSeeds,
      workloadOf: (seed) => workloadFor('paper-random', seed),
      rules: { ...paperRules, stepLimit: 4, announced: true },
    }),
);

itIsAnEnvironment(
  'an environment whose steps run out',
  () => new SimulatedEnvironment({ ...paperDefinition, ...onPaper, workloadOf: aShortLoad }),
);

itIsAnEnvironment(
  'an environment on a farm behind the port of a live one',
  () => new LiveEnvironment({ ...paperDefinition, ...trainingSeeds, begin }),
);

it('tells the same episode of a farm in virtual time as of the same farm behind the port', async () => {
  const simulated = new SimulatedEnvironment({ ...paperDefinition, ...onPaper });
  const live = new LiveEnvironment({ ...paperDefinition, ...trainingSeeds, begin });
  expect(await live.reset({ seed: 21 })).toEqual(simulated.reset({ seed: 21 }));
  for (const action of [2, 2, 1, 0, 1, 2]) expect(await live.step(action)).toEqual(simulated.step(action));
});

it('ends the episode where the farm could not be seen', async () => {
  let isAway = false;
  const live = new LiveEnvironment({
    ...paperDefinition,
    ...trainingSeeds,
    begin: async (seed, options) => {
      const episode = await begin(seed, options);
      const observe: typeof episode.farm.observe = async (windowSeconds) =>
        isAway ? { kind: 'noData', reason: 'Redis is away' } : episode.farm.observe(windowSeconds);
      return { ...episode, farm: { scaleTo: episode.farm.scaleTo.bind(episode.farm), observe } };
    },
  });
  await live.reset({ seed: 1 });
  await live.step(1);
  isAway = true;
  await expect(live.step(1)).rejects.toThrow(FarmNotObserved);
  await expect(live.step(1)).rejects.toThrow('Expected reset() before step()');
});
