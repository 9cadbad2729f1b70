import { strict as assert } from 'node:assert';
import { Decisions } from '../decisions.ts';
import { Skipped } from '../scenario.ts';
import type { Scenario, Scene } from '../scenario.ts';
import { PATIENT_LEASES } from '../worker-pool.ts';

const AWAY_SECONDS = 60;
const WORKERS = 2;
const LOAD = {
  phases: [{ seconds: 300, multiplier: 1 }],
  // More than two workers get done, so that the policy wants to grow all the while.
  baseRatePerSecond: 8,
  service: { meanSeconds: 0.4 },
  // Tasks must not run out of time: what is looked for is whether any is lost, done twice or interrupted.
  deadlineFactor: 100,
  seed: 17,
};

export const scenario: Scenario = {
  name: 'the API server away for 60 s, under load: every step holds and says why, nothing is scaled, the first step after it acts',
  farm: {
    workers: WORKERS,
    autoscaler: true,
    environment: {
      ...PATIENT_LEASES,
      autoscaler: { POLICY: 'staffing', STEP_SECONDS: '4', MIN_WORKERS: String(WORKERS), MAX_WORKERS: '6' },
    },
  },
  async run(scene) {
    const { own } = scene.cluster;
    if (own === undefined)
      throw new Skipped('the API server of a cluster elsewhere cannot be stopped from here');
    const decisions = new Decisions(scene);
    await decisions.next('a first decision', ({ workers }) => workers === WORKERS);
    own.freeze('kube-apiserver');
    let lastWithout = 0;
    try {
      await whileAway(scene, decisions);
      lastWithout = await newest(decisions);
    } finally {
      own.thaw('kube-apiserver');
    }
    await recovers(scene, decisions, lastWithout);
    await scene.client.load('DELETE');
    const { counters } = await scene.accountedFor();
    assert.equal(counters.attemptsFailed, 0);
    scene.sayReplicas();
  },
};

/** Workers need no API server: tasks are done all the while, and no step does more than say that it cannot look. */
async function whileAway(scene: Scene, decisions: Decisions): Promise<void> {
  const under = (await newest(decisions)) + 1;
  const until = performance.now() + AWAY_SECONDS * 1000;
  await scene.load(LOAD);
  const { completed } = await scene.counters();
  await scene.waitUntil('the end of the time away', () => Promise.resolve(performance.now() > until));
  const done = (await scene.counters()).completed - completed;
  // One step may have been under way.
  const held = (await decisions.all()).filter(({ fence }) => fence > under);
  for (const each of held) {
    assert.equal(each.hold?.reason, 'noData', JSON.stringify(each));
    assert.equal(each.hold.trouble, 'poolAway', JSON.stringify(each));
    assert.equal(each.outcome, undefined);
  }
  assert(
    held.length > 0 && done > 0,
    `Expected steps and tasks, got ${String(held.length)} and ${String(done)}.`,
  );
  scene.say(
    `away: ${String(held.length)} steps held with noData and poolAway, ${String(done)} tasks were done`,
  );
}

/** @param lastWithout the last step before the API server went on */
async function recovers(scene: Scene, decisions: Decisions, lastWithout: number): Promise<void> {
  const thawedAt = performance.now();
  await scene.waitUntil('an answer of the API server', () => replicasOf(scene));
  const answered = await newest(decisions);
  scene.say(
    `the API server answers ${((performance.now() - thawedAt) / 1000).toFixed(1)} s after it goes on`,
  );
  const acted = await scene.waitUntil('a step that sees the pool', async () =>
    (await decisions.all()).find(({ fence, hold }) => fence > lastWithout && hold === undefined),
  );
  // The one that was under way when the API server answered may have given up before.
  assert(
    acted.fence <= answered + 2,
    `Expected step ${String(answered + 2)} to act: ${JSON.stringify(acted)}`,
  );
  const { before, applied, failures } = acted.outcome ?? {};
  assert.deepEqual([before, applied, failures], [WORKERS, acted.target, []], JSON.stringify(acted));
  assert((applied ?? 0) > WORKERS, JSON.stringify(acted));
  await scene.ready();
  const ended = scene.history.lives.filter(
    ({ endingAt, restarts }) => endingAt !== undefined || restarts > 0,
  );
  assert.deepEqual(ended, []);
  scene.say(`the first step that sees the pool: ${String(before)} → ${String(applied)} workers`);
}

async function newest(decisions: Decisions): Promise<number> {
  return (await decisions.all()).at(-1)?.fence ?? 0;
}

function replicasOf(scene: Scene): Promise<string> {
  return scene.kubectl('get', 'deployment', 'farm-worker', '-o', 'jsonpath={.spec.replicas}');
}
