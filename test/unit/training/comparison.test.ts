import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare } from '../../../autoscaler/training/comparison/comparison.ts';
import type { ComparisonRequest } from '../../../autoscaler/training/comparison/comparison.ts';
import { comparisonBounds } from '../../../autoscaler/training/comparison/comparison-bounds.ts';
import { contenderByName } from '../../../autoscaler/training/comparison/contender.ts';
import { Crew } from '../../../autoscaler/training/comparison/crew.ts';
import { PoolFrontier } from '../../../autoscaler/training/comparison/pool-frontier.ts';
import { steady } from '../../../shared/workload/phase.ts';
import type { Workload } from '../../../shared/workload/workload.ts';

/** A minute and a half of a load that six workers can just about serve. */
const small: Workload = {
  name: 'small',
  stepSeconds: 8,
  steps: 12,
  initialWorkers: 5,
  minWorkers: 1,
  maxWorkers: 12,
  startDelaySeconds: 5.5,
  baseRatePerSecond: 3,
  arrivals: 'poisson',
  phases: [steady(1, 48), steady(0.5, 48)],
  service: { shape: 4, meanSeconds: 1.5, noiseCv: 0 },
};

const source = { asked: 'small.json', file: small };

function requestFor(names: readonly string[], overrides: Partial<ComparisonRequest> = {}): ComparisonRequest {
  const contenders = names.map((asked) => {
    const contender = contenderByName(asked);
    if (contender === undefined) throw new Error(`There is no policy ${asked}.`);
    return { asked, contender };
  });
  return {
    contenders,
    sources: [source],
    setting: { dispatch: 'triage', actions: 1, announced: false, lostShare: 4 },
    seeds: [1, 2, 3, 4, 5, 6],
    targetQosPercent: 98,
    ...overrides,
  };
}

/** A search runs thousands of episodes, and may have to share its core. */
const SEARCH_TIMEOUT_MS = 180_000;

describe('a comparison', () => {
  let crew: Crew;
  let pair: Crew;
  beforeAll(() => {
    crew = new Crew(1);
    pair = new Crew(2);
  });
  afterAll(async () => {
    await crew.close();
    await pair.close();
  });

  it('gives the same rows however many threads run it', async () => {
    const request = requestFor(['static:6', 'hpa', 'reactive-maximum', 'staffing']);
    const [alone, together] = [await compare(request, crew), await compare(request, pair)];
    expect(together.map(({ row }) => row)).toEqual(alone.map(({ row }) => row));
  });

  it('has a row for each policy and workload, as they were asked for, and drops nothing', async () => {
    const rows = await compare(requestFor(['static:6', 'keda']), pair);
    expect(rows.map(({ row }) => [row.policy, row.workload, row.episodes, row.dropped])).toEqual([
      ['static:6', 'small.json', 6, 0],
      ['keda', 'small.json', 6, 0],
    ]);
    expect(rows[0]?.row.qosPercentByQuartile).toHaveLength(4);
  });

  it('runs a fixed pool from the first second, and a file’s episode to its last', async () => {
    const [pool] = await compare(requestFor(['static:6']), pair);
    expect(pool?.row.workerSeconds).toMatchObject({ mean: 6 * 96, std: 0 });
    expect(pool?.row.meanWorkers?.mean).toBe(6);
    expect(pool?.row.scalingActions?.mean).toBe(0);
  });

  it('says how much of it is done', async () => {
    let episodes = 0;
    await compare(requestFor(['static:5', 'static:6']), pair, {
      onEpisodes: (count) => {
        episodes += count;
      },
    });
    expect(episodes).toBe(12);
  });

  it('gives a pool that its load does not allow the nearest size that it does, from the first second', async () => {
    const request = requestFor(['static:99'], { sources: [{ asked: 'paper' }], seeds: [1, 2] });
    const [pool] = await compare(request, crew);
    expect(pool?.row).toMatchObject({
      policy: 'static:99',
      meanWorkers: { mean: 32 },
      scalingActions: { mean: 0 },
    });
  });

  it('binds every policy but the emulations of other autoscalers to the step limit', async () => {
    const rows = await compare(requestFor(['hpa', 'staffing', 'best-plan']), pair);
    const largest = rows.map(({ row }) => row.maxWorkers?.mean ?? 0);
    expect(largest[0]).toBeGreaterThan(7);
    expect(rows[1]?.row.scalingActions?.mean).toBeLessThanOrEqual(12);
  });

  it.each(['hpa-best', 'timetable'])(
    'fits %s to the workload asked for',
    async (name) => {
      const [row] = await compare(requestFor([name], { seeds: [90_001, 90_002] }), pair);
      expect(row?.row.qosPercent?.mean).toBeGreaterThan(95);
      expect(row?.policy?.kind).toBe(name === 'timetable' ? 'timetable' : 'hpa');
    },
    SEARCH_TIMEOUT_MS,
  );

  it('holds a policy against the fixed pool of equal QoS, which costs a pool nothing', async () => {
    const request = requestFor(['static:6', 'hpa']);
    const rows = await compare(request, pair);
    const frontier = new PoolFrontier(request, source, pair);
    const [pool, hpa] = await Promise.all(rows.map((row) => frontier.against(row)));
    expect(pool?.pool).toBe(6);
    expect(pool?.costPercent.mean).toBe(0);
    expect(hpa?.costPercent.mean).toBeGreaterThan(0);
  });

  it('proves a bound that no row with that QoS falls below', async () => {
    const request = requestFor(['best-plan', 'static:6']);
    const rows = await compare(request, pair);
    const { setting, seeds, targetQosPercent } = request;
    const bounds = await comparisonBounds({ source, setting, seeds, targetQosPercent }, pair);
    for (const { row } of rows) {
      if ((row.qosPercent?.mean ?? 0) < targetQosPercent) continue;
      expect(row.meanWorkers?.mean).toBeGreaterThanOrEqual(bounds.lowerBoundWorkers);
    }
  });

  it('tells whoever waits what went wrong in a thread, and goes on', async () => {
    const broken = requestFor(['static:6'], { sources: [{ asked: 'nowhere' }] });
    await expect(compare(broken, pair)).rejects.toThrow(/nowhere/);
    await expect(compare(requestFor(['static:6']), pair)).resolves.toHaveLength(1);
  });
});
