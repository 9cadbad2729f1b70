import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from '../../autoscaler/training/comparison/comparison.ts';
import type { ComparedRow, ComparisonRequest } from '../../autoscaler/training/comparison/comparison.ts';
import { Crew } from '../../autoscaler/training/comparison/crew.ts';
import { PoolFrontier } from '../../autoscaler/training/comparison/pool-frontier.ts';
import { workloadSource } from '../../autoscaler/training/workload-source.ts';
import { contender } from '../../cli/laboratory/contenders.ts';
import type { BenchOptions, Row } from './row.ts';

/** Loads on which nothing was trained or selected, from a trickle to a flash crowd. */
const FOLDER = join(import.meta.dirname, 'unseen-loads');

const RULES = ['staffing', 'hpa', 'keda'];

/** So many points lower counts as the same QoS. */
const EQUAL_POINTS = 0.05;

/** What a policy may cost beyond the best fixed pool chosen with hindsight, in percent. */
const MOST_PERCENT = { announced: 0, unannounced: 10 } as const;

/** The shipped policies on loads that they never met, against fixed pools of equal QoS and the rules. */
export async function run({ quick, say }: BenchOptions): Promise<readonly Row[]> {
  const crew = new Crew(2);
  const rows: Row[] = [];
  try {
    for (const announced of [true, false]) {
      for (const actions of quick ? [1] : [1, 4]) {
        for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
          say(`${file}, ±${String(actions)}, ${announced ? 'announced' : 'unannounced'}`);
          rows.push(...(await rowsOf(file, { actions, announced, episodes: quick ? 4 : 16 }, crew)));
        }
      }
    }
  } finally {
    await crew.close();
  }
  return rows;
}

interface Conditions {
  readonly actions: number;
  readonly announced: boolean;
  readonly episodes: number;
}

async function rowsOf(file: string, conditions: Conditions, crew: Crew): Promise<Row[]> {
  const { actions, announced, episodes } = conditions;
  const setting = { dispatch: 'triage', actions, announced, lostShare: 4 } as const;
  const source = workloadSource(join(FOLDER, file));
  const request: ComparisonRequest = {
    contenders: ['farmhand', ...RULES].map((name) => contender(name, setting)),
    sources: [source],
    setting,
    seeds: Array.from({ length: episodes }, (_, index) => 60_001 + index),
    targetQosPercent: 99.2,
  };
  const [ours, ...rules] = await compare(request, crew);
  if (ours === undefined) return [];
  const known = announced ? 'announced' : 'unannounced';
  const label = `${file.replace('.json', '')}, ±${String(actions)}, ${known}`;
  const against = await new PoolFrontier(request, source, crew).against(ours);
  const frontier: Row = {
    suite: 'unseen-loads',
    what: `${label}: at ${qosOf(ours).toFixed(2)} %, cost beyond a fixed pool of that QoS, %`,
    ours: against?.costPercent.mean ?? Number.NaN,
    target: { of: 'ours', limit: MOST_PERCENT[known], sense: 'atMost' },
    behind: { against, rows: [ours, ...rules].map(({ row }) => row) },
  };
  return [frontier, ...rules.map((rule) => againstRule(label, ours, rule))];
}

/** A rule that misses more buys less: it is shown, and nothing has to hold against it. */
function againstRule(label: string, ours: ComparedRow, rule: ComparedRow): Row {
  const [own, other] = [secondsOf(ours), secondsOf(rule)];
  const isEqual = qosOf(rule) >= qosOf(ours) - EQUAL_POINTS;
  return {
    suite: 'unseen-loads',
    what: `${label}: worker-seconds; ${rule.row.policy} at ${qosOf(rule).toFixed(2)} %`,
    ours: own,
    other: { name: rule.row.policy, value: other },
    ratio: own / other,
    ...(isEqual ? { target: { of: 'ratio', limit: 1, sense: 'atMost' } as const } : {}),
  };
}

function qosOf({ row }: ComparedRow): number {
  return row.qosPercent?.mean ?? 100;
}

function secondsOf({ row }: ComparedRow): number {
  return row.workerSeconds?.mean ?? 0;
}
