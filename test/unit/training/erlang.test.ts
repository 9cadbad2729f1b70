import { describe, expect, it } from 'vitest';
import { meanWaitSeconds, serversFor, waitProbability } from '../../../autoscaler/training/search/erlang.ts';

describe('Erlang’s C', () => {
  it('is the utilisation with one server', () => {
    expect(waitProbability(1, 0.6)).toBeCloseTo(0.6, 12);
    expect(meanWaitSeconds(1, 0.5, 2)).toBeCloseTo(2, 12);
  });

  it('agrees with the tables', () => {
    expect(waitProbability(2, 1)).toBeCloseTo(1 / 3, 12);
    expect(waitProbability(10, 8)).toBeCloseTo(0.4092, 4);
  });

  it('lets everybody wait where the load reaches the servers', () => {
    expect(waitProbability(3, 3)).toBe(1);
  });

  it('staffs so that few wait for long', () => {
    const servers = serversFor(8, { services: 1, share: 0.99 });
    expect(waitProbability(servers, 8) * Math.exp(-(servers - 8))).toBeLessThanOrEqual(0.01);
    expect(waitProbability(servers - 1, 8) * Math.exp(-(servers - 9))).toBeGreaterThan(0.01);
    expect(serversFor(0, { services: 1, share: 0.99 })).toBe(0);
  });
});
