import { strict as assert } from 'node:assert';
import type { Decision } from '../../../autoscaler/decision.ts';
import { ApiGate } from '../../support/api-gate.ts';
import type { PassingCall } from '../../support/api-gate.ts';
import { AutoscalerProcess, atWork } from '../autoscaler-process.ts';
import { autoscalerAccess } from '../pool-driver.ts';
import type { Scenario, Scene } from '../scenario.ts';
import { PATIENT_LEASES, SHORT_TASKS, checkDrained } from '../worker-pool.ts';

const LOAD = { ...SHORT_TASKS, baseRatePerSecond: 3, seed: 3 };
const WORKERS = 3;
const WANTED = 2;
/** A step that makes more calls than this goes round in circles. */
const MOST_CALLS = 20;

export const scenario: Scenario = {
  name: 'autoscalers killed one after the other, each a call later in the same scale-down, leave nothing that the next step does not finish',
  farm: { workers: WORKERS, environment: PATIENT_LEASES },
  async run(scene) {
    const access = await autoscalerAccess(scene);
    const gate = await ApiGate.open(access);
    try {
      await scene.load(LOAD);
      await atWork(scene, WORKERS);
      const start = (): Promise<AutoscalerProcess> =>
        AutoscalerProcess.start(scene, { access, apiUrl: gate.url, wants: WANTED });
      const deaths = await killAtEveryCall(scene, gate, start);
      await atWork(scene, WANTED);
      assert(
        deaths.some(({ path }) => path.endsWith('/scale')),
        'Expected a death after the count was changed.',
      );
    } finally {
      await gate.close();
    }
    await scene.client.load('DELETE');
    await checkBooks(scene);
  },
};

/** Until a step makes no more calls than those after which its predecessors were killed. */
async function killAtEveryCall(
  scene: Scene,
  gate: ApiGate,
  start: () => Promise<AutoscalerProcess>,
): Promise<readonly PassingCall[]> {
  const deaths: PassingCall[] = [];
  for (;;) {
    const autoscaler = await start();
    try {
      const stopped = gate.stopAfter(deaths.length + 1);
      const end = await Promise.race([stopped, autoscaler.step()]);
      if (!('fence' in end)) {
        deaths.push(end);
        scene.say(`killed after call ${String(deaths.length)}: ${nameOf(end)}`);
      } else if (end.workers === WANTED) {
        scene.say(`the last step found ${sayOf(end)}`);
        return deaths;
      } else scene.say(`a step that came to nothing: ${JSON.stringify(end.hold ?? end.outcome?.failures)}`);
    } finally {
      await autoscaler.kill();
    }
    assert(deaths.length < MOST_CALLS, 'Expected a step to come to an end.');
    // The lease of a dead autoscaler ends by itself: the first round waits for that, the others need not.
    if (deaths.length > 1) await scene.farm.store.redis.hset(scene.farm.store.key('lock:step'), 'until', '0');
  }
}

/** One pod has gone, the one that had drained, and no mark is left on those that stay. */
async function checkBooks(scene: Scene): Promise<void> {
  const { counters } = await scene.accountedFor();
  assert.equal(counters.attemptsFailed, 0);
  const ended = await scene.waitUntil('the end of the pod that goes', () => {
    const lives = scene.history.of('farm-worker').filter(({ endingAt }) => endingAt !== undefined);
    return Promise.resolve(lives.every(({ goneAt }) => goneAt !== undefined) ? lives : undefined);
  });
  assert.equal(ended.length, WORKERS - WANTED);
  ended.forEach(checkDrained);
  ended.forEach(({ deletionCost }) => {
    assert(deletionCost !== undefined, 'Expected the pod that went to have been marked.');
  });
  const marked = (await scene.pods('farm-worker')).filter(
    ({ metadata }) => metadata.annotations['controller.kubernetes.io/pod-deletion-cost'] !== undefined,
  );
  assert.deepEqual(marked, []);
}

function nameOf({ method, path }: PassingCall): string {
  const [resource = ''] = path.replace(/^.*?namespaces\/[^/]*\//, '').split('?');
  return `${method} ${resource.replace(/^pods\/.*/, 'pods/…')}`;
}

function sayOf({ outcome }: Decision): string {
  return `${String(outcome?.before)} workers wanted and left ${String(outcome?.applied)}`;
}
