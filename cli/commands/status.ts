import type { Command } from 'commander';
import type { Decision } from '../../autoscaler/decision.ts';
import { heldTotal } from '../../shared/farm/counters.ts';
import { qosShare } from '../../shared/farm/qos.ts';
import { audit } from '../../shared/io/redis/audit.ts';
import type { Audit } from '../../shared/io/redis/audit.ts';
import { Control } from '../../shared/io/redis/control.ts';
import type { QueueSnapshot } from '../../shared/io/redis/control.ts';
import { DecisionLog } from '../../shared/io/redis/decision-log.ts';
import { ProcessPoolStore } from '../../shared/io/redis/process-pool-store.ts';
import { EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { knownDoors, withFarm } from '../running-farm.ts';
import type { KnownDoors } from '../running-farm.ts';
import { bytes, duration, percent, plural, table } from '../wording.ts';
import { lastLook, poolText } from '../pool-wording.ts';
import type { LastLook } from '../pool-wording.ts';
import { farmCommand, outputOf } from './common.ts';
import type { CommonOptions } from './common.ts';

interface StatusOptions extends CommonOptions {
  readonly check?: true;
}

/** How far back the longest response time looks. */
const WINDOW_SECONDS = 60;
const SHOWN_DECISIONS = 5;

/** Everything that the command shows, read from Redis. */
interface Status {
  readonly farm: string;
  /** Where it takes work in and shows Results. */
  readonly urls: KnownDoors['urls'];
  readonly tokenFile?: string;
  /** Share of the deadlines that were met; absent where none has been due. */
  readonly qosPercent?: number;
  /** Absent where nobody has asked for any yet. */
  readonly desiredWorkers?: number;
  /** The pool as the autoscaler saw it last; absent where it has not seen it yet. */
  readonly pool?: LastLook;
  readonly snapshot: QueueSnapshot;
  readonly decisions: readonly Decision[];
  readonly audit?: Audit;
}

export function statusCommand(): Command {
  return farmCommand('status', 'Show queue, workers, QoS and the latest scaling decisions', [
    'status',
    'status --check   # counts every task; exit code 6 where the books do not add up',
    'status --json | jq .qosPercent',
  ])
    .option('--check', 'compare the counters with every task in Redis')
    .action(status);
}

async function status(options: StatusOptions): Promise<void> {
  const output = outputOf(options);
  const read = await withFarm(options.farm, async ({ store }): Promise<Status> => {
    const snapshot = await new Control(store).observe(WINDOW_SECONDS);
    const decisions = await new DecisionLog<Decision, unknown>(store).latest(SHOWN_DECISIONS);
    const pool = lastLook(decisions);
    // Only a pool of processes has a wish in Redis; what is asked of Kubernetes stands in the decisions.
    const desired = (await new ProcessPoolStore(store).wish()) ?? pool?.wanted;
    const qos = qosShare(snapshot.counters.met, snapshot.counters.missed, snapshot.overdueHeld);
    return {
      farm: options.farm,
      ...knownDoors(options.farm),
      ...(qos === undefined ? {} : { qosPercent: qos * 100 }),
      ...(desired === undefined ? {} : { desiredWorkers: desired }),
      ...(pool === undefined ? {} : { pool }),
      snapshot,
      decisions,
      ...(options.check ? { audit: await audit(store) } : {}),
    };
  });
  output.document(read);
  print(read, output);
  if (read.audit !== undefined) judge(read.audit, output);
}

function print(status: Status, output: Output): void {
  const { farm, qosPercent, snapshot, decisions } = status;
  const qos = qosPercent === undefined ? undefined : qosPercent / 100;
  const { counters: c, held, workers } = snapshot;
  output.line(`Farm ${farm}: ${plural(c.admitted, 'task')} admitted, QoS ${percent(qos)}`);
  output.line(
    `  held      ${heldTotal(held)} (${held.waiting} waiting, ${held.delayed} delayed, ${held.leased} at workers, ` +
      `${held.answered} answered); ${snapshot.overdueHeld} overdue, ${snapshot.lostWaiting} that can no longer be in time`,
  );
  output.line(
    `  Results   ${c.completed} done, ${c.failed} failed (${c.invalid} invalid input); ` +
      `${c.met} in time, ${c.missed} missed, ${c.cancelled} cancelled`,
  );
  output.line(
    `  attempts  ${c.retried} retried, ${c.handedBack} handed back, ${c.lateAnswers} late answers, ` +
      `${c.synExpired} SYNs expired`,
  );
  if (c.completed > 0) {
    const longest = snapshot.maxResponseSeconds;
    output.line(
      `  means     response ${duration(c.responseSecondsSum / (c.completed + c.failed))}, ` +
        `service ${duration(c.serviceSecondsSum / c.completed)}` +
        (longest === undefined ? '' : `; longest response of the last minute ${duration(longest)}`),
    );
  }
  output.line(`  blobs     ${bytes(snapshot.blobBytes)}`);
  printDoors(status, output);
  output.line();
  output.line(poolText(workers.length, status, snapshot.atSeconds));
  printWorkers(snapshot, output);
  printDecisions(decisions, snapshot.atSeconds, output);
}

function printDecisions(decisions: readonly Decision[], nowSeconds: number, output: Output): void {
  if (decisions.length === 0) return;
  output.line();
  output.line('Latest decisions:');
  for (const decision of decisions) output.line(`  ${decisionText(decision, nowSeconds)}`);
  const warnings = decisions.find(({ policy }) => policy !== undefined)?.warnings ?? [];
  for (const { reason, detail } of warnings) output.line(`  ${reason}: ${detail}`);
}

function printDoors({ urls, tokenFile }: KnownDoors, output: Output): void {
  for (const [door, url] of Object.entries(urls)) output.line(`  ${door.padEnd(10)} ${url}`);
  if (tokenFile !== undefined) output.line(`  token      in ${tokenFile}`);
}

function printWorkers({ workers, atSeconds }: QueueSnapshot, output: Output): void {
  if (workers.length === 0) return;
  const rows = workers.map((worker) => [
    `  ${worker.pod}`,
    worker.state,
    duration(atSeconds - worker.startedAtSeconds),
    duration(Math.max(0, atSeconds - worker.heartbeatAtSeconds)),
    worker.taskId ?? '',
  ]);
  for (const line of table([['  WORKER', 'STATE', 'AGE', 'HEARTBEAT', 'TASK'], ...rows])) output.line(line);
}

function decisionText(decision: Decision, nowSeconds: number): string {
  const ago = decision.atSeconds === undefined ? '' : `${duration(nowSeconds - decision.atSeconds)} ago: `;
  const { outcome, observation, hold, policy, fallback } = decision;
  if (outcome === undefined) return `${ago}held, ${hold?.reason ?? 'no action'}`;
  const change =
    outcome.applied === outcome.before
      ? `stays at ${outcome.before}`
      : `${outcome.before} → ${outcome.applied}`;
  const remarks = [
    ...(hold === undefined ? [] : [hold.reason]),
    ...(policy === undefined ? [] : [`by ${policy}`]),
    ...(fallback === undefined ? [] : [fallback.reason]),
    ...(observation === undefined
      ? []
      : [
          ...(observation.arrivalRatePerSecond === undefined
            ? []
            : [`${observation.arrivalRatePerSecond.toFixed(1)} tasks/s`]),
          `${observation.waitingTasks} waiting`,
        ]),
    ...(decision.guards.length === 0 ? [] : [`guarded by ${decision.guards.join(', ')}`]),
  ];
  return `${ago}${change} (${remarks.join('; ')})`;
}

function judge(found: Audit, output: Output): void {
  const bad = found.dropped !== 0 || found.duplicated !== 0 || found.complaints.length > 0;
  output.line();
  output.line(`Check: ${found.dropped} dropped, ${found.duplicated} duplicated`);
  for (const complaint of found.complaints) output.line(`  ${complaint}`);
  // The answer is complete as it is: an error message of its own would be a second document.
  if (bad) process.exitCode = EXIT.unbalanced;
  else output.line('  every task is accounted for');
}
