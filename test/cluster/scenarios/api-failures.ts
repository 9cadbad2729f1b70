import { strict as assert } from 'node:assert';
import type { Decision } from '../../../autoscaler/decision.ts';
import { ApiGate } from '../../support/api-gate.ts';
import type { Fate, PassingCall } from '../../support/api-gate.ts';
import { AutoscalerProcess, atWork } from '../autoscaler-process.ts';
import { autoscalerAccess } from '../pool-driver.ts';
import type { Scenario, Scene } from '../scenario.ts';
import { PATIENT_LEASES, SHORT_TASKS, checkDrained } from '../worker-pool.ts';

const LOAD = { ...SHORT_TASKS, baseRatePerSecond: 3, seed: 13 };
const WORKERS = 3;
const WANTED = 2;
/** Steps in a row that find the API away. */
const AWAY_STEPS = 3;

/** What each failure of a call is called in the record of the decision. */
const FAILURES: readonly (readonly [fate: Fate, reason: string])[] = [
  [{ status: 500 }, 'poolAway'],
  [{ status: 503 }, 'poolAway'],
  [{ status: 403 }, 'forbidden'],
  [{ status: 409 }, 'conflict'],
  ['reset', 'poolAway'],
  ['swallow', 'poolAway'],
  // Last: for a second after it the API is not asked.
  [{ status: 429 }, 'throttled'],
];

export const scenario: Scenario = {
  name: 'an API that fails, in whatever way, changes nothing by itself; one step after it is back, the scale-down is done',
  farm: { workers: WORKERS, environment: PATIENT_LEASES },
  async run(scene) {
    const access = await autoscalerAccess(scene);
    const gate = await ApiGate.open(access);
    const autoscaler = await AutoscalerProcess.start(scene, { access, apiUrl: gate.url, wants: WANTED });
    try {
      await scene.load(LOAD);
      await atWork(scene, WORKERS);
      await looksThatFail(scene, gate, autoscaler);
      await changesThatFail(scene, gate, autoscaler);
      await recovers(scene, gate, autoscaler);
      await twoAtOnce(scene, autoscaler, () =>
        AutoscalerProcess.start(scene, { access, apiUrl: access.url, wants: WORKERS }),
      );
    } finally {
      await autoscaler.kill();
      await gate.close();
    }
    await scene.client.load('DELETE');
    const { counters } = await scene.accountedFor();
    assert.equal(counters.attemptsFailed, 0);
  },
};

/** A farm that cannot be looked at is left as it is. */
async function looksThatFail(scene: Scene, gate: ApiGate, autoscaler: AutoscalerProcess): Promise<void> {
  for (let step = 0; step < AWAY_STEPS; step += 1) {
    gate.decide(() => 'reset');
    assert.equal((await autoscaler.step()).hold?.trouble, 'poolAway');
  }
  for (const [fate, reason] of FAILURES) {
    gate.decide(() => fate);
    const { hold } = await autoscaler.step();
    assert.equal(hold?.reason, 'noData');
    assert.equal(hold.trouble, reason, textOf(fate));
  }
  await stays(scene);
  scene.say(`${String(FAILURES.length + AWAY_STEPS)} steps without a look at the pool: nothing changed`);
}

/** A change that is refused, or whose fate nobody knows, is not counted as done. */
async function changesThatFail(scene: Scene, gate: ApiGate, autoscaler: AutoscalerProcess): Promise<void> {
  const calls: readonly (readonly [what: string, isIt: (call: PassingCall) => boolean])[] = [
    ['mark', ({ method, path }) => method === 'PATCH' && path.includes('/pods/')],
    ['scale', ({ method, path }) => method === 'PATCH' && path.includes('/scale')],
  ];
  for (const [what, isIt] of calls) {
    for (const [fate, reason] of FAILURES) {
      let failed = 0;
      gate.decide((call) => {
        if (!isIt(call)) return 'pass';
        failed += 1;
        return fate;
      });
      const decision = await untilActed(autoscaler, () => failed > 0);
      assert(reasonsOf(decision).includes(reason), `${what} ${textOf(fate)}: ${JSON.stringify(decision)}`);
      assert.equal(decision.workers ?? WORKERS, WORKERS);
    }
    await stays(scene);
    scene.say(`${what} failed in ${String(FAILURES.length)} ways: nothing changed`);
  }
}

async function recovers(scene: Scene, gate: ApiGate, autoscaler: AutoscalerProcess): Promise<void> {
  gate.decide(({ path }) => (path.includes('/scale') ? 'swallowReply' : 'pass'));
  const lost = await untilActed(autoscaler, () => gate.calls.some(({ path }) => path.includes('/scale')));
  assert(reasonsOf(lost).includes('poolAway'), JSON.stringify(lost));
  gate.mend();
  const found = await autoscaler.step();
  assert.equal(found.workers, WANTED, JSON.stringify(found));
  assert.deepEqual(found.outcome?.removed, []);
  await atWork(scene, WANTED);
  const ended = await scene.waitUntil('the end of the pod that goes', () => {
    const gone = scene.history.of('farm-worker').filter(({ goneAt }) => goneAt !== undefined);
    return Promise.resolve(gone.length > 0 ? gone : undefined);
  });
  assert.equal(ended.length, WORKERS - WANTED);
  ended.forEach(checkDrained);
  scene.say('a change whose reply was lost is found by the next step, and not made twice');
}

/** One wants a worker more, one a worker less: whoever has the lease acts, and the other does not. */
async function twoAtOnce(
  scene: Scene,
  one: AutoscalerProcess,
  startOther: () => Promise<AutoscalerProcess>,
): Promise<void> {
  const other = await startOther();
  try {
    for (let round = 0; round < 3; round += 1) {
      const decisions = await Promise.all([one.ask(), other.ask()]);
      const fences = decisions.flatMap((decision) => decision?.fence ?? []);
      assert(fences.length > 0, 'Expected one of two autoscalers to take a step.');
      assert.equal(new Set(fences).size, fences.length);
      const sizes = decisions.flatMap((decision) => decision?.workers ?? []);
      assert(sizes.every((size) => size === WANTED || size === WORKERS));
    }
    scene.say('two autoscalers that want different things act one after the other');
  } finally {
    await other.kill();
  }
}

/** Steps may pass in which a worker has yet to drain. */
async function untilActed(autoscaler: AutoscalerProcess, hasActed: () => boolean): Promise<Decision> {
  for (;;) {
    const decision = await autoscaler.step();
    if (hasActed()) return decision;
  }
}

function reasonsOf({ hold, outcome }: Decision): readonly (string | undefined)[] {
  return [hold?.trouble, ...(outcome?.failures ?? []).map(({ reason }) => reason)];
}

async function stays(scene: Scene): Promise<void> {
  const wanted = await scene.kubectl('get', 'deployment', 'farm-worker', '-o', 'jsonpath={.spec.replicas}');
  assert.equal(wanted, String(WORKERS));
  const ended = scene.history.of('farm-worker').filter(({ endingAt }) => endingAt !== undefined);
  assert.deepEqual(ended, []);
}

function textOf(fate: Fate): string {
  return typeof fate === 'string' ? fate : String(fate.status);
}
