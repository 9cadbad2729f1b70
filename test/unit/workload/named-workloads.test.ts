import { describe, expect, it } from 'vitest';

import { countedTasks } from '../../../shared/workload/arrivals.ts';
import { isWorkloadName, workloadFor, workloadNames } from '../../../shared/workload/named-workloads.ts';
import { isOscillating } from '../../../shared/workload/phase.ts';
import { rateAt, scheduleSeconds } from '../../../shared/workload/schedule.ts';
import { announcedRate, episodeSeconds } from '../../../shared/workload/workload.ts';

const seeds = Array.from({ length: 1000 }, (_, index) => index + 1);

describe('the named workloads', () => {
  it.each(workloadNames)('%s lasts 240 s, 30 steps of 8 s, at a base rate of 5 tasks/s', (name) => {
    const workload = workloadFor(name, 1);
    expect(workload.name).toBe(name);
    expect(scheduleSeconds(workload)).toBeCloseTo(240, 9);
    expect(episodeSeconds(workload)).toBe(240);
    expect(workload.baseRatePerSecond).toBe(5);
    expect([workload.initialWorkers, workload.minWorkers, workload.maxWorkers]).toEqual([12, 1, 32]);
    expect(workload.startDelaySeconds).toBe(5.5);
    expect(workload.service).toEqual({ shape: 4, meanSeconds: 1.5, noiseCv: 0 });
  });

  it.each(['paper', 'paper-oscillating'] as const)('%s counts 90, 450, 300 and 300 tasks', (name) => {
    const workload = workloadFor(name, 1);
    expect(workload.phases.map((phase) => countedTasks(workload, phase))).toEqual([90, 450, 300, 300]);
  });

  it('knows its names and no others', () => {
    expect(workloadNames.every(isWorkloadName)).toBe(true);
    expect(isWorkloadName('Paper')).toBe(false);
    expect(isWorkloadName('constructor')).toBe(false);
  });

  it('announces the rate of its schedule, and 0 after the end', () => {
    const workload = workloadFor('paper-oscillating', 1);
    expect(announcedRate(workload, 90)).toBe(7.5);
    expect(announcedRate(workload, 135)).toBeCloseTo(7.5, 9);
    expect(announcedRate(workload, 183.75)).toBeCloseTo(8.5, 9);
    expect(announcedRate(workload, 240)).toBe(0);
  });

  it('keeps phases 3 and 4 of paper flat, as published', () => {
    const workload = workloadFor('paper', 1);
    for (let seconds = 120; seconds < 240; seconds++) expect(rateAt(workload, seconds)).toBe(5);
  });
});

describe('paper-random', () => {
  const schedules = seeds.map((seed) => workloadFor('paper-random', seed));
  const phases = schedules.flatMap((workload) => workload.phases);
  const swinging = phases.filter(isOscillating);
  const flat = phases.filter((phase) => 'multiplier' in phase);

  it('has four phases that sum to 240 s in every one of 1000 seeds', () => {
    for (const workload of schedules) {
      expect(workload.phases).toHaveLength(4);
      expect(scheduleSeconds(workload)).toBeCloseTo(240, 9);
    }
  });

  it('keeps the drawn ratio of phase lengths, between 1 : 3 and 3 : 1', () => {
    for (const { phases: own } of schedules) {
      const lengths = own.map((phase) => phase.seconds);
      expect(Math.max(...lengths) / Math.min(...lengths)).toBeLessThanOrEqual(3);
    }
  });

  it('keeps every parameter in its range', () => {
    for (const { multiplier } of flat) {
      expect(multiplier).toBeGreaterThanOrEqual(0.3);
      expect(multiplier).toBeLessThan(1.6);
    }
    for (const { midpoint, amplitude, cycles } of swinging) {
      expect(midpoint).toBeGreaterThanOrEqual(0.6);
      expect(midpoint).toBeLessThan(1.2);
      expect(amplitude).toBeGreaterThanOrEqual(0.2);
      expect(amplitude).toBeLessThan(0.6);
      expect(midpoint - amplitude).toBeGreaterThanOrEqual(0.1 - 1e-12);
      expect([1, 2, 3, 4]).toContain(cycles);
    }
  });

  it('uses its ranges: half the phases are steady, every number of cycles and both ends come up', () => {
    expect(Math.abs(flat.length - 2000)).toBeLessThan(5 * Math.sqrt(1000));
    expect(new Set(swinging.map((phase) => phase.cycles))).toEqual(new Set([1, 2, 3, 4]));
    expect(Math.min(...flat.map((phase) => phase.multiplier))).toBeLessThan(0.31);
    expect(Math.max(...flat.map((phase) => phase.multiplier))).toBeGreaterThan(1.59);
    expect(Math.max(...swinging.map((phase) => phase.midpoint))).toBeGreaterThan(1.19);
  });

  it('is the same schedule for the same seed and another for another', () => {
    expect(workloadFor('paper-random', 42)).toEqual(workloadFor('paper-random', 42));
    expect(new Set(schedules.map((workload) => workload.phases[0]?.seconds)).size).toBe(1000);
  });
});
