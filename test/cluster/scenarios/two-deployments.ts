import { strict as assert } from 'node:assert';
import { scaled, settled } from '../../support/pool-contract.ts';
import { PoolDriver } from '../pool-driver.ts';
import type { Scenario, Scene } from '../scenario.ts';
import { PATIENT_LEASES, SHORT_TASKS, checkDrained } from '../worker-pool.ts';

const LOAD = { ...SHORT_TASKS, baseRatePerSecond: 5, seed: 19 };
/** In the order in which they grow. */
const POOL = ['farm-worker', 'farm-worker-large'] as const;
const [FIRST, SECOND] = POOL;

export const scenario: Scenario = {
  name: 'a pool of two Deployments under load: the first one grows, and both lose exactly the pods that acknowledged',
  farm: { workers: 1, environment: PATIENT_LEASES },
  async run(scene) {
    await addSecond(scene, 2);
    const driver = await PoolDriver.open(scene, POOL);
    await scene.load(LOAD);
    await settled(driver, 3);
    await scaled(driver, 5);
    const all = await settled(driver, 5);
    assert.deepEqual(await sizes(scene), [3, 2]);
    scene.say('3 → 5 workers: the first Deployment has grown from 1 to 3');

    // One worker is left, so both Deployments lose some, whoever drains first.
    const { workers } = await scene.control.observe(0);
    const outcomes = await scaled(driver, 1);
    const removed = outcomes.flatMap((outcome) => outcome.removed);
    const acknowledged = workers.filter(({ id }) => removed.includes(id)).map(({ pod }) => pod);
    const left = await settled(driver, 1);
    const gone = await endsOf(scene, all.length - 1);
    assert.deepEqual(gone.map(({ name }) => name).toSorted(), acknowledged.toSorted());
    gone.forEach(checkDrained);
    const stays = scene.history.lives.find(({ name }) => name === left[0])?.part;
    assert.deepEqual(await sizes(scene), stays === FIRST ? [1, 0] : [0, 1]);
    const of = (part: string): string => String(gone.filter((life) => life.part === part).length);
    scene.say(
      `5 → 1: ${of(FIRST)} and ${of(SECOND)} pods went, the ${String(removed.length)} that acknowledged`,
    );

    await scene.client.load('DELETE');
    const { counters } = await scene.accountedFor();
    assert.equal(counters.attemptsFailed, 0);
    assert.equal(counters.failed, 0);
  },
};

/** A copy of the first by another name, and the right to scale it, as docs/kubernetes.md says. */
async function addSecond(scene: Scene, replicas: number): Promise<void> {
  const text = await scene.kubectl('get', 'deployment', FIRST, '-o', 'json');
  const { spec } = JSON.parse(
    text.replaceAll(`"app.kubernetes.io/name": "${FIRST}"`, `"app.kubernetes.io/name": "${SECOND}"`),
  ) as { spec: object };
  await scene.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: SECOND },
    spec: { ...spec, replicas },
  });
  const rules = [0, 1].map((rule) => ({
    op: 'replace',
    path: `/rules/${String(rule)}/resourceNames`,
    value: POOL,
  }));
  await scene.kubectl('patch', 'role', 'farm-autoscaler', '--type', 'json', '--patch', JSON.stringify(rules));
  await scene.ready();
}

/** Replicas that are asked of each. */
async function sizes(scene: Scene): Promise<readonly number[]> {
  const replicas = (name: string): Promise<string> =>
    scene.kubectl('get', 'deployment', name, '-o', 'jsonpath={.spec.replicas}');
  return (await Promise.all(POOL.map(replicas))).map(Number);
}

function endsOf(scene: Scene, count: number): Promise<Scene['history']['lives']> {
  return scene.waitUntil(`the end of ${String(count)} pods`, () => {
    const ended = scene.history.lives.filter(
      ({ part, goneAt }) => part.startsWith(FIRST) && goneAt !== undefined,
    );
    return Promise.resolve(ended.length >= count && ended);
  });
}
