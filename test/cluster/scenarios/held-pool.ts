import { strict as assert } from 'node:assert';
import type { Decision } from '../../../autoscaler/decision.ts';
import { ApiGate } from '../../support/api-gate.ts';
import type { PassingCall } from '../../support/api-gate.ts';
import { AutoscalerProcess, atWork } from '../autoscaler-process.ts';
import { autoscalerAccess } from '../pool-driver.ts';
import type { Scenario, Scene } from '../scenario.ts';
import { PATIENT_LEASES } from '../worker-pool.ts';

const WORKERS = 2;
/** What somebody else lets the Deployment have. */
const LIMIT = 3;
const WANTED = 6;

export const scenario: Scenario = {
  name: 'a pool that somebody else keeps small, or rolls out, is left alone, and the record says why',
  farm: { workers: WORKERS, environment: PATIENT_LEASES },
  async run(scene) {
    const access = await autoscalerAccess(scene);
    const gate = await ApiGate.open(access);
    const options = { access, apiUrl: gate.url };
    let autoscaler = await AutoscalerProcess.start(scene, { ...options, wants: WANTED });
    try {
      await atWork(scene, WORKERS);
      await underALimit(scene, gate, autoscaler);
      await autoscaler.kill();
      autoscaler = await AutoscalerProcess.start(scene, { ...options, wants: WANTED });
      const afterRestart = await autoscaler.step();
      assert(reasonsOf(afterRestart).includes('clamped'), JSON.stringify(afterRestart));
      scene.say('an autoscaler that starts anew still knows of the limit');
      await atWork(scene, LIMIT);
      await duringARollout(scene, gate, autoscaler);
    } finally {
      await autoscaler.kill();
      await gate.close();
    }
    await scene.accountedFor();
  },
};

/** As the Community Edition of OpenFaaS does it: whatever is above the limit is set back to it. */
async function underALimit(scene: Scene, gate: ApiGate, autoscaler: AutoscalerProcess): Promise<void> {
  let lowered = 0;
  const clamped = await scene.waitUntil('a step that has understood', async () => {
    gate.mend();
    const decision = await autoscaler.step();
    if (reasonsOf(decision).includes('clamped')) return decision;
    if ((decision.outcome?.applied ?? 0) <= LIMIT) return undefined;
    await scene.kubectl('scale', 'deployment/farm-worker', `--replicas=${String(LIMIT)}`);
    lowered += 1;
    return undefined;
  });
  assert(
    lowered > 0 && lowered <= 2,
    `Expected to be asked for more once or twice, not ${String(lowered)} times.`,
  );
  assert.equal(clamped.workers, LIMIT);
  assert(!gate.calls.some(isScale), 'Expected a clamped step to ask for nothing.');
  scene.say(
    `set back to ${String(LIMIT)} ${String(lowered)} times: then a step says clamped, and asks no more`,
  );
}

/** Two versions share the count: nobody can tell whose pod a smaller one would cost. */
async function duringARollout(scene: Scene, gate: ApiGate, autoscaler: AutoscalerProcess): Promise<void> {
  gate.mend();
  await scene.kubectl('rollout', 'restart', 'deployment/farm-worker');
  const held = await autoscaler.step();
  assert.equal(held.hold?.reason, 'rolloutInProgress', JSON.stringify(held));
  assert(!gate.calls.some(isScale), 'Expected a step during a rollout to ask for nothing.');
  scene.say(`during a rollout: ${held.hold.detail}`);
  await scene.ready();
  const after = await scene.waitUntil('a step after the rollout', async () => {
    const each = await autoscaler.step();
    return each.hold === undefined ? each : undefined;
  });
  assert.equal(after.workers, LIMIT);
}

function isScale({ method, path }: PassingCall): boolean {
  return method === 'PATCH' && path.includes('/scale');
}

function reasonsOf({ outcome }: Decision): readonly string[] {
  return (outcome?.failures ?? []).map(({ reason }) => reason);
}
