import { describe, expect, it } from 'vitest';
import { parseWorkload } from '../../../autoscaler/training/workload-file.ts';

const valid = {
  name: 'mine',
  stepSeconds: 8,
  steps: 30,
  initialWorkers: 4,
  minWorkers: 1,
  maxWorkers: 64,
  startDelaySeconds: 5.5,
  baseRatePerSecond: 2,
  arrivals: 'poisson',
  phases: [
    { seconds: 120, multiplier: 0.5 },
    { seconds: 120, midpoint: 1, amplitude: 0.5, cycles: 2 },
  ],
  service: { shape: 4, meanSeconds: 1.5, noiseCv: 0.2 },
};

function complaintAbout(value: unknown): string {
  try {
    parseWorkload(value, 'mine.json');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'nothing';
}

describe('a workload file', () => {
  it('is taken as it is', () => {
    expect(parseWorkload(valid, 'mine.json')).toEqual(valid);
  });

  it('is refused by the name of a field that nobody knows', () => {
    expect(complaintAbout({ ...valid, bursts: 3 })).toContain('unknown field bursts');
    expect(complaintAbout({ ...valid, service: { ...valid.service, tail: 1 } })).toContain(
      'service: unknown field tail',
    );
    const phases = [{ seconds: 1, midpoint: 1, amplitude: 1, cycles: 1, phase: 0 }];
    expect(complaintAbout({ ...valid, phases })).toContain('phases[0]: unknown field phase');
  });

  it('is refused by the path of a field that is missing or makes no sense', () => {
    expect(complaintAbout({ ...valid, steps: undefined })).toContain('steps: ');
    expect(complaintAbout({ ...valid, phases: [{ seconds: -1, multiplier: 1 }] })).toContain(
      'phases[0].seconds',
    );
    expect(complaintAbout({ ...valid, phases: [{ seconds: 1, midpoint: 1 }] })).toContain(
      'phases[0].amplitude',
    );
    expect(complaintAbout({ ...valid, minWorkers: 65 })).toContain('must not exceed maxWorkers');
    expect(complaintAbout({ ...valid, initialWorkers: 65 })).toContain('initialWorkers (65) must be from');
    expect(complaintAbout({ ...valid, initialWorkers: 0 })).toContain('initialWorkers (0) must be from');
    expect(complaintAbout([])).toContain('mine.json: the file');
  });
});
