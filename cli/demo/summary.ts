import type { Decision } from '../../autoscaler/decision.ts';
import { resultsTotal } from '../../shared/farm/counters.ts';
import type { Counters } from '../../shared/farm/counters.ts';
import { qosShare } from '../../shared/farm/qos.ts';
import { audit } from '../../shared/io/redis/audit.ts';
import type { Audit } from '../../shared/io/redis/audit.ts';
import { Control } from '../../shared/io/redis/control.ts';
import { DecisionLog } from '../../shared/io/redis/decision-log.ts';
import type { FarmStore } from '../../shared/io/redis/farm-store.ts';
import { ResultStore } from '../../shared/io/redis/result-store.ts';
import { duration, percent, plural, sparkline } from '../wording.ts';

const PAGE = 200;
const MOST_DECISIONS = 1000;

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What a farm has done, read from its Redis when everything was over. */
export interface Summary {
  readonly seconds: number;
  readonly outputFolder: string;
  readonly counters: Counters;
  readonly qos?: number;
  readonly responseSeconds?: Percentiles;
  readonly workerSeconds: number;
  /** Commanded count after each step, in order. */
  readonly commanded: readonly number[];
  readonly initialWorkers: number;
  readonly scalingActions: number;
  readonly audit: Audit;
}

export async function readSummary(
  store: FarmStore,
  run: { readonly seconds: number; readonly outputFolder: string; readonly initialWorkers: number },
): Promise<Summary> {
  const decisions = await new DecisionLog<Decision, unknown>(store).latest(MOST_DECISIONS);
  const responses = await responseTimes(store);
  const checked = await audit(store);
  const { counters, workers, overdueHeld, atSeconds } = await new Control(store).observe(0);
  const qos = qosShare(counters.met, counters.missed, overdueHeld);
  const alive = workers.reduce((sum, { startedAtSeconds }) => sum + atSeconds - startedAtSeconds, 0);
  return {
    ...run,
    counters,
    ...(qos === undefined ? {} : { qos }),
    ...(responses.length === 0 ? {} : { responseSeconds: percentiles(responses) }),
    workerSeconds: counters.workerSecondsEnded + alive,
    commanded: decisions.flatMap(({ workers: after }) => (after === undefined ? [] : [after])).reverse(),
    scalingActions: decisions.filter(
      ({ outcome }) => outcome !== undefined && outcome.applied !== outcome.before,
    ).length,
    audit: checked,
  };
}

async function responseTimes(store: FarmStore): Promise<readonly number[]> {
  const results = new ResultStore(store);
  const seconds: number[] = [];
  for (let at = 0; ; at += PAGE) {
    const { ids } = await results.list('results', at, PAGE);
    if (ids.length === 0) return seconds;
    for (const read of await Promise.all(ids.map((id) => results.read(id)))) {
      if (read !== undefined && 'responseSeconds' in read) seconds.push(read.responseSeconds);
    }
  }
}

/** Nearest rank: a percentile is a response time that really occurred. */
export function percentiles(figures: readonly number[]): Percentiles {
  const sorted = [...figures].sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Whether no task is missing and none was recorded twice. */
export function isSound({ audit: { dropped, duplicated, complaints } }: Summary): boolean {
  return dropped === 0 && duplicated === 0 && complaints.length === 0;
}

function meanWorkers({ commanded, initialWorkers }: Summary): number {
  return commanded.length === 0
    ? initialWorkers
    : commanded.reduce((sum, workers) => sum + workers, 0) / commanded.length;
}

export function summaryDocument(summary: Summary): object {
  const { counters, audit: checked, responseSeconds, qos, commanded, initialWorkers } = summary;
  return {
    tasks: counters.admitted,
    qosPercent: qos === undefined ? undefined : round(qos * 100),
    responseSeconds,
    meanWorkers: round(meanWorkers(summary)),
    maxWorkers: Math.max(initialWorkers, ...commanded),
    workerSeconds: round(summary.workerSeconds),
    scalingActions: summary.scalingActions,
    retried: counters.retried,
    failed: counters.failed,
    dropped: checked.dropped,
    duplicated: checked.duplicated,
    complaints: checked.complaints,
    results: resultsTotal(counters),
    workersOverTime: commanded,
    seconds: round(summary.seconds),
    outputs: summary.outputFolder,
  };
}

function round(figure: number): number {
  return Math.round(figure * 1000) / 1000;
}

export function summaryLines(summary: Summary): readonly string[] {
  const { counters: c, audit: checked, responseSeconds: response, commanded, initialWorkers } = summary;
  const times =
    response === undefined
      ? 'none'
      : `p50 ${duration(response.p50)}, p95 ${duration(response.p95)}, p99 ${duration(response.p99)}`;
  return [
    `${plural(c.admitted, 'task')} in ${duration(summary.seconds)}, QoS ${percent(summary.qos)}: ${c.met} in time, ${c.missed} missed`,
    `  response  ${times}`,
    `  workers   ${meanWorkers(summary).toFixed(1)} mean, ${Math.max(initialWorkers, ...commanded)} at most, ` +
      `${summary.workerSeconds.toFixed(0)} worker-seconds, ${plural(summary.scalingActions, 'scaling action')}`,
    `  over time ${sparkline([initialWorkers, ...commanded])}  (one bar a step)`,
    `  tasks     ${c.retried} retried, ${c.failed} failed, ${checked.dropped} dropped, ${checked.duplicated} duplicated`,
    ...checked.complaints.map((complaint) => `  WRONG     ${complaint}`),
    `  outputs   ${summary.outputFolder}`,
  ];
}
