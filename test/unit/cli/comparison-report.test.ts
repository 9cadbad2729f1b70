import { describe, expect, it } from 'vitest';
import { runEpisodes } from '../../../autoscaler/training/comparison/job.ts';
import type { PlainPolicy } from '../../../autoscaler/training/comparison/plain-policy.ts';
import { comparisonRow } from '../../../autoscaler/training/comparison/row.ts';
import { comparisonTable } from '../../../cli/laboratory/comparison-table.ts';
import { seedRange } from '../../../cli/laboratory/options.ts';
import { comparisonPage } from '../../../cli/laboratory/report/page.ts';
import type { ComparisonOutcome } from '../../../cli/laboratory/run-comparison.ts';
import { shippedFile } from '../../../cli/laboratory/shipped-policies.ts';

const setting = { dispatch: 'triage', actions: 1, announced: false, lostShare: 4 } as const;
const source = { asked: 'paper-random' };
const seeds = [1, 2];

function compared(asked: string, policy: PlainPolicy): ComparisonOutcome['rows'][number] {
  const job = { kind: 'episodes', policy, source, setting, seeds, targetQosPercent: 99.2 } as const;
  const episodes = runEpisodes(job);
  return {
    row: comparisonRow({ policy: asked, workload: source.asked, setting }, episodes),
    episodes,
    policy,
  };
}

const pools = [10, 12, 14].map((workers) =>
  compared(`static:${String(workers)}`, { kind: 'static', workers }),
);

const mine = compared('<b>mine</b>', { kind: 'reactive', estimator: 'maximum' });

const outcome: ComparisonOutcome = {
  request: { contenders: [], sources: [source], setting, seeds, targetQosPercent: 99.2 },
  rows: [mine, ...pools],
  againstPools: new Map(),
  pools: new Map([[source.asked, pools]]),
  bounds: [],
};

describe('the table of a comparison', () => {
  const [title, head = '', ...body] = comparisonTable(outcome);

  it('says under which terms', () => {
    expect(title).toBe('paper-random: triage order, ±1 a step, unannounced, 2 episodes');
  });

  it('has figures that stand below their heads', () => {
    expect(body).toHaveLength(4);
    for (const line of body) expect(line).toHaveLength(head.length);
    expect(body[1]).toContain('10.00 ± 0.00');
  });
});

describe('the page of a comparison', () => {
  const page = comparisonPage(outcome, 'farmhand compare');

  it('needs nothing beside itself', () => {
    expect(/(src|href)=|@import|url\(|https?:/.exec(page)).toBeNull();
    expect(page.match(/<svg/g)).toHaveLength(4);
  });

  it('shows names as text, whatever they hold', () => {
    expect(page.includes('<b>mine')).toBe(false);
    expect(page.includes('&#60;b&#62;mine')).toBe(true);
  });

  it('draws no figure at a place that is none', () => {
    expect(/NaN|Infinity|undefined/.exec(page)).toBeNull();
  });

  it('says QoS by size beside QoS, and who is missing in a picture that holds no more', () => {
    expect(page.match(/QoS % by size/g)).toHaveLength(1);
    expect(page).not.toContain('Not drawn here');
    const rules = ['a', 'b', 'c', 'd', 'e'].map((name) => ({
      ...mine,
      row: { ...mine.row, policy: name },
    }));
    expect(comparisonPage({ ...outcome, rows: [...pools, ...rules] }, 'farmhand compare')).toContain(
      'can be told apart: static:12, static:14.',
    );
    const { row, episodes } = mine;
    expect(comparisonPage({ ...outcome, rows: [{ row, episodes }, ...pools] }, 'farmhand compare')).toContain(
      'Searched anew for each seed, and not kept to be drawn: &#60;b&#62;mine',
    );
  });

  it('draws the planned rate by the clock of the emitter, which runs ahead of the published schedule', () => {
    const rows = outcome.rows.map((each) => ({ ...each, row: { ...each.row, workload: 'paper' } }));
    const request = { ...outcome.request, sources: [{ asked: 'paper' }], seeds: [95_001] };
    const drawn = comparisonPage({ ...outcome, request, rows }, 'farmhand compare');
    const [, places = ''] = /d="([^"]*)"[^>]*class="planned"/.exec(drawn) ?? [];
    const heights = places.split(/[ML]/).map((place) => Number(place.trim().split(/[ ,]/)[1]));
    const zero = Math.max(...heights.filter(Number.isFinite));
    expect(heights.at(-30)).toBe(zero);
  });

  it('is readable by light and by dark', () => {
    expect(page.includes('prefers-color-scheme: dark')).toBe(true);
  });
});

describe('the options of a comparison', () => {
  it('take a range of seeds', () => {
    expect(seedRange('90001-90003')).toEqual([90_001, 90_002, 90_003]);
    expect(seedRange('7')).toEqual([7]);
    expect(() => seedRange('9-3')).toThrow(/first and the last seed/);
  });

  it('find the file of `farmhand` by dispatch, step limit and announcement', () => {
    expect(shippedFile('farmhand', { ...setting, actions: 4, announced: true })).toMatch(
      /autoscaler\/policies\/farmhand-triage-4-announced\.json$/,
    );
    expect(shippedFile('farmhand', setting)).toMatch(/farmhand-triage-1-unannounced\.json$/);
    expect(shippedFile('sarsa', setting)).toMatch(/sarsa\.json$/);
    expect(shippedFile('hpa', setting)).toBeUndefined();
  });
});
