import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Decision } from '../../../autoscaler/decision.ts';
import { versionOf } from '../../../autoscaler/policy-source.ts';
import type { Status } from '../../../autoscaler/status.ts';
import type { StepMemory } from '../../../autoscaler/step-memory.ts';
import type { WorkerPool } from '../../../cli/local/worker-pool.ts';
import { DecisionLog } from '../../../shared/io/redis/decision-log.ts';
import { ProcessPoolStore } from '../../../shared/io/redis/process-pool-store.ts';
import { SHIPPED_STAFFING } from '../../../shared/policy/shipped-staffing.ts';
import { FarmProcesses, accountedFor, killed } from '../../support/farm-processes.ts';
import { BAD_POLICY_FILES, networkPolicyFile, staticPolicy } from '../../support/policy-files.ts';
import { SeatWorker } from '../../support/seat-worker.ts';
import type { TemplateProcess } from '../../support/template-process.ts';
import { eventually } from '../../support/worker-process.ts';

let farm: FarmProcesses;
let processes: ProcessPoolStore;
let log: DecisionLog<Decision, StepMemory>;
let pool: WorkerPool | undefined;

beforeEach(async () => {
  farm = await FarmProcesses.open();
  processes = new ProcessPoolStore(farm.farm.store);
  log = new DecisionLog(farm.farm.store);
});
afterEach(async () => {
  await pool?.stop();
  pool = undefined;
  await farm.close();
});

/** A pool of processes that nobody really runs; none of them is a worker, so they go without a drain. */
async function aPoolOf(workers: number): Promise<void> {
  await processes.resize(0, workers);
  const names = Array.from({ length: workers }, (_, index) => `pod-${String(index)}`);
  await processes.report(
    names.map((pod, index) => ({ pod, processId: index + 1, stopping: false })),
    600,
  );
}

const QUICK = { STEP_SECONDS: '0.5', MIN_WORKERS: '0', TENSORFLOW: 'off' };
const ASKED = { ...QUICK, SCHEDULE: 'off', MINIMUM_INTERVAL_SECONDS: '0' };

async function step(autoscaler: TemplateProcess): Promise<Decision> {
  const { status, text } = await autoscaler.call('/', { method: 'POST' });
  expect(status, text).toBe(200);
  return JSON.parse(text) as Decision;
}

/** Resolves when its farm answers. */
async function started(env: Readonly<Record<string, string>>): Promise<TemplateProcess> {
  const autoscaler = await farm.start('autoscaler', { env });
  await eventually(async () => ((await autoscaler.call('/')).status === 200 ? true : undefined));
  return autoscaler;
}

/** The newest decision for which this holds, as soon as there is one. */
function decision(holds: (each: Decision) => boolean): Promise<Decision> {
  return eventually(async () => (await log.latest(5)).find(holds));
}

async function status(autoscaler: TemplateProcess): Promise<Status> {
  return JSON.parse((await autoscaler.call('/')).text) as Status;
}

/** What the rule remembers of the load, between two steps. */
async function smoothedLoad(): Promise<number> {
  return (await log.before()).memory?.decider?.memory['smoothedLoad'] ?? Number.NaN;
}

/** As Kubernetes does it: never half a file. */
function swapTo(text: string): void {
  writeFileSync(policyFile() + '.new', text);
  renameSync(policyFile() + '.new', policyFile());
}

function policyFile(): string {
  return join(farm.redis.folder, 'policy.json');
}

describe('a policy file', () => {
  it('is swapped under load, while bad ones are refused by the field and decisions go on', async () => {
    swapTo(staticPolicy(1));
    pool = farm.workerPool();
    await pool.start(1);
    const autoscaler = await started({ ...QUICK, POLICY: policyFile() });
    await farm.admit(new Array<number>(40).fill(0.1));
    swapTo(staticPolicy(3));
    const grown = await decision(({ policy, workers }) => policy === 'always-3' && workers === 3);
    expect(grown).toMatchObject({ policyVersion: versionOf(staticPolicy(3)), asked: 3, guards: [] });
    for (const [, field, text] of BAD_POLICY_FILES) {
      swapTo(text);
      const { policy, refused, target } = await decision(
        ({ refused: given }) => given?.some(({ version }) => version === versionOf(text)) === true,
      );
      expect({ policy, target }).toEqual({ policy: 'always-3', target: 3 });
      expect(refused?.[0]?.field).toContain(field);
    }
    swapTo(staticPolicy(1));
    await decision(({ policy, workers, refused }) => policy === 'always-1' && workers === 1 && !refused);
    expect(await farm.settled()).toMatchObject(accountedFor(40));
    expect(autoscaler.lines.filter(({ msg }) => msg === 'listening')).toHaveLength(1);
    const metrics = (await autoscaler.call('/_/metrics')).text;
    expect(metrics).toContain(
      `farmhand_policy_info{policy="always-1",version="${versionOf(staticPolicy(1))}",engine=""} 1`,
    );
    expect(metrics).toContain('farmhand_policies_refused 0');
  });

  it('that was never any good leaves the decisions to the fallback', async () => {
    await aPoolOf(2);
    const autoscaler = await started({ ...ASKED, POLICY: policyFile(), FALLBACK_POLICY: 'static:3' });
    expect(await step(autoscaler)).toMatchObject({
      policy: 'static:3',
      workers: 3,
      fallback: { reason: 'policyRefused' },
      refused: [{ source: policyFile(), field: 'file' }],
    });
    expect(await status(autoscaler)).toMatchObject({ policies: [], refused: [{ field: 'file' }] });
  });

  it('that was made for longer steps leaves them to the fallback', async () => {
    await aPoolOf(2);
    const autoscaler = await started(ASKED);
    const decided = await step(autoscaler);
    expect(decided).toMatchObject({ policy: 'staffing', fallback: { reason: 'stepMismatch' } });
    expect((await status(autoscaler)).policies).toMatchObject([
      { name: 'farmhand-triage-4-announced', kind: 'network', announced: true, engine: 'forward pass' },
      {
        name: 'farmhand-triage-4-unannounced',
        kind: 'history-network',
        announced: false,
        engine: 'forward pass',
      },
    ]);
  });

  it('that was made for another order, or for announcements, decides; the log says so once, the status always', async () => {
    await aPoolOf(2);
    swapTo(networkPolicyFile({ dispatch: 'fifo', announced: true }));
    const autoscaler = await started({ ...ASKED, POLICY: policyFile() });
    const [first, second] = [await step(autoscaler), await step(autoscaler)];
    const warnings = [{ reason: 'otherDispatch' }, { reason: 'nothingAnnounced' }];
    for (const decided of [first, second]) {
      expect(decided).toMatchObject({ policy: 'small-network', warnings });
      expect(decided).not.toHaveProperty('fallback');
    }
    expect((await status(autoscaler)).warnings).toEqual(second.warnings);
    const logged = autoscaler.lines.filter(({ level }) => level === 'warn').map(({ reason }) => reason);
    expect(logged).toEqual(['otherDispatch', 'nothingAnnounced']);
    await farm.farm.store.configure({ order: 'fifo' });
    expect((await step(autoscaler)).warnings).toMatchObject([{ reason: 'nothingAnnounced' }]);
  });
});

describe('steps', () => {
  it('are taken once, whoever asks and how often', async () => {
    await aPoolOf(1);
    const env = { ...ASKED, POLICY: 'static:3', MINIMUM_INTERVAL_SECONDS: '600' };
    const autoscalers = [await started(env), await started(env)];
    const replies = await Promise.all(
      autoscalers.flatMap((each) => [1, 2, 3].map(() => each.call('/', { method: 'POST' }))),
    );
    expect(replies.map((reply) => reply.status).toSorted()).toEqual([200, 429, 429, 429, 429, 429]);
    for (const { status: code, headers } of replies) {
      if (code === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(await log.latest(10)).toHaveLength(1);
    expect(await processes.desired()).toBe(3);
  });

  it('are taken by a cron expression', async () => {
    await aPoolOf(1);
    await started({ ...ASKED, SCHEDULE: '* * * * * *', POLICY: 'static:2' });
    const latest = await eventually(async () => {
      const decisions = await log.latest(2);
      return decisions.length === 2 ? decisions : undefined;
    });
    expect(latest.map(({ workers }) => workers)).toEqual([2, 2]);
  });

  it('go on where an autoscaler that was killed has stopped, with all that it remembered', async () => {
    await aPoolOf(4);
    const env = { ...ASKED, POLICY: 'staffing', MIN_WORKERS: '1' };
    const first = await started(env);
    await step(first);
    await farm.admit([1, 1, 1]);
    await step(first);
    const before = await smoothedLoad();
    await killed(first);
    const decided = await step(await started(env));
    expect(decided.observation?.offeredLoad).toBe(0);
    expect(decided.reward).toMatchObject({ farmhand: expect.any(Number) as number });
    // The rule lets go slowly of the load that the first one saw: it has not begun anew.
    expect(before).toBeGreaterThan(0);
    expect(await smoothedLoad()).toBeCloseTo(before * (1 - SHIPPED_STAFFING.fallWeight));
  });

  it('are ended, not broken off, by an autoscaler that is told to stop', async () => {
    await aPoolOf(2);
    const workers = await Promise.all(
      ['pod-0', 'pod-1'].map((pod) => SeatWorker.enter(pod, farm.farm.store)),
    );
    await Promise.all(workers.map((worker) => worker.claim()));
    const autoscaler = await started({ ...ASKED, POLICY: 'static:1' });
    const asked = autoscaler.call('/', { method: 'POST' });
    const [worker] = await eventually(async () => {
      const { workers: seen } = await farm.farm.control.observe(0);
      const draining = seen.filter(({ state }) => state === 'draining').map(({ pod }) => pod);
      return draining.length === 1 ? workers.filter(({ seat }) => draining.includes(seat.pod)) : undefined;
    });
    autoscaler.child.kill('SIGTERM');
    await autoscaler.line('draining');
    await worker?.acknowledge();
    const decided = JSON.parse((await asked).text) as Decision;
    expect(decided).toMatchObject({ outcome: { before: 2 } });
    expect(await autoscaler.ended).toBe(0);
    expect(await log.latest(2)).toEqual([decided]);
    expect(await processes.desired()).toBe(decided.workers);
  });

  it('are not taken before it is known that the farm can be read', async () => {
    const gate = await farm.gate();
    const asked = gate.holdAt({ side: 'before', matches: ({ name }) => name === 'info' });
    const autoscaler = await farm.start('autoscaler', { gate, env: ASKED });
    await asked;
    expect((await autoscaler.call('/', { method: 'POST' })).status).toBe(503);
    autoscaler.child.kill('SIGTERM');
    expect(await autoscaler.ended).toBe(0);
  });

  it('without their farm hold, and the first one with it is whole again', async () => {
    await aPoolOf(1);
    const gate = await farm.gate();
    const autoscaler = await farm.start('autoscaler', { gate, env: { ...ASKED, POLICY: 'static:2' } });
    await eventually(async () => ((await autoscaler.call('/')).status === 200 ? true : undefined));
    gate.cut();
    await eventually(async () => ((await autoscaler.call('/_/ready')).status === 503 ? true : undefined));
    expect(await step(autoscaler)).toMatchObject({ guards: [], hold: { reason: 'noData' } });
    expect((await autoscaler.call('/_/health')).status).toBe(200);
    expect(await processes.desired()).toBe(1);
    gate.mend();
    await eventually(async () => ((await autoscaler.call('/_/ready')).status === 200 ? true : undefined));
    // A lease that was asked for as the connection broke may have to be given back first.
    const reply = await eventually(async () => {
      const { status: code, text } = await autoscaler.call('/', { method: 'POST' });
      return code === 200 ? text : undefined;
    });
    expect(JSON.parse(reply)).toMatchObject({ policy: 'static:2', workers: 2, guards: [] });
  });
});

describe('the pool is left as it is', () => {
  it('in a dry run, which decides and records', async () => {
    await aPoolOf(1);
    const autoscaler = await started({ ...ASKED, POLICY: 'static:3', DRY_RUN: 'yes' });
    expect(await step(autoscaler)).toMatchObject({ target: 3, workers: 1, hold: { reason: 'dryRun' } });
    expect(await processes.desired()).toBe(1);
    expect(await log.latest(1)).toMatchObject([{ target: 3, hold: { reason: 'dryRun' } }]);
  });

  it('while it is paused, by whichever autoscaler', async () => {
    await aPoolOf(1);
    const env = { ...ASKED, POLICY: 'static:3' };
    const [one, other] = [await started(env), await started(env)];
    expect((await one.call('/pause', { method: 'POST' })).status).toBe(200);
    expect(await step(other)).toMatchObject({ target: 3, workers: 1, hold: { reason: 'paused' } });
    expect(await status(other)).toMatchObject({ isPaused: true });
    expect((await other.call('/resume', { method: 'POST' })).status).toBe(200);
    expect(await step(one)).toMatchObject({ workers: 3 });
    expect((await one.call('/pause')).status).toBe(405);
    expect((await one.call('/elsewhere', { method: 'POST' })).status).toBe(404);
  });
});
