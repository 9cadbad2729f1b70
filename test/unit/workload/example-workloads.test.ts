import { describe, expect, it } from 'vitest';
import { parseWorkload } from '../../../autoscaler/training/workload-file.ts';
import { exampleNames, exampleWorkload } from '../../../shared/workload/example-workloads.ts';
import { rateAt, scheduleSeconds } from '../../../shared/workload/schedule.ts';
import { episodeSeconds } from '../../../shared/workload/workload.ts';

describe('the example workloads', () => {
  it.each(exampleNames)('%s is a workload file when it is printed', (name) => {
    const workload = exampleWorkload(name, 7);
    expect(parseWorkload(JSON.parse(JSON.stringify(workload)), name)).toEqual(workload);
  });

  it.each(exampleNames)('%s has load from the first to the last step', (name) => {
    const workload = exampleWorkload(name, 7);
    expect(scheduleSeconds(workload)).toBeCloseTo(episodeSeconds(workload), 6);
  });

  it('are drawn from the seed where they are drawn at all', () => {
    expect(exampleWorkload('bursts', 1)).toEqual(exampleWorkload('bursts', 1));
    expect(exampleWorkload('bursts', 1)).not.toEqual(exampleWorkload('bursts', 2));
    expect(exampleWorkload('ramp', 1)).toEqual(exampleWorkload('ramp', 2));
  });

  it('shuffle the published phases and lose none', () => {
    const seconds = (seed: number): number[] =>
      exampleWorkload('shuffled', seed)
        .phases.map((phase) => ('cycles' in phase ? phase.cycles : phase.multiplier))
        .sort((a, b) => a - b);
    expect(seconds(1)).toEqual(seconds(2));
  });

  it('rise to the peak of a flash crowd and come back', () => {
    const crowd = exampleWorkload('flash-crowd', 1);
    expect(rateAt(crowd, 10)).toBeCloseTo(2, 6);
    expect(rateAt(crowd, 250)).toBeCloseTo(15, 6);
    expect(rateAt(crowd, 479)).toBeCloseTo(2, 6);
  });
});
