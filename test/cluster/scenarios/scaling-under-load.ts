import { strict as assert } from 'node:assert';
import type { ScaleOutcome } from '../../../shared/farm/farm-port.ts';
import { scaled, settled } from '../../support/pool-contract.ts';
import { PoolDriver } from '../pool-driver.ts';
import type { Scenario, Scene } from '../scenario.ts';
import { PATIENT_LEASES, SHORT_TASKS, checkDrained } from '../worker-pool.ts';

/** About three workers are kept busy. */
const LOAD = { ...SHORT_TASKS, baseRatePerSecond: 8, seed: 7 };
/** What the autoscaler allows itself in one step by default. */
const STEP_LIMIT = 4;
/** Workers that are to be removed in all; each of them is watched. */
const REMOVALS = 50;
const LARGEST = 10;
const SMALLEST = 2;

export const scenario: Scenario = {
  name: 'under load the pool goes 1 → 12 → 2 → 8, then down one by one, again and again: of 50 removals, 50 take the pod that acknowledged',
  farm: { workers: 1, environment: PATIENT_LEASES },
  limitSeconds: 600,
  async run(scene) {
    const driver = await PoolDriver.open(scene);
    await scene.load(LOAD);
    const acknowledged = new Set<string>();
    for (const target of [12, 2, 8]) await bring(scene, driver, target, acknowledged);
    scene.sayReplicas();
    await oneByOne(scene, driver, acknowledged);
    await scene.client.load('DELETE');
    await scene.waitUntil('the last pods to be gone', () => {
      const going = ended(scene).filter(({ goneAt }) => goneAt === undefined);
      if (going.length === 0) return Promise.resolve(true);
      throw new Error(`still going: ${going.map(({ name }) => name).join(', ')}`);
    });
    const gone = ended(scene);
    gone.forEach(checkDrained);
    assert.deepEqual(gone.map(({ name }) => name).toSorted(), [...acknowledged].toSorted());
    const { counters } = await scene.accountedFor();
    assert.equal(counters.attemptsFailed, 0);
    assert.equal(counters.failed, 0);
    scene.say(
      `${String(acknowledged.size)} workers acknowledged, the same ${String(gone.length)} pods went; ` +
        `${String(counters.attemptsFailed)} attempts cut short, ${String(counters.handedBack)} handed back`,
    );
  },
};

/** A policy that knows where it wants to go, within the step limit. */
async function bring(
  scene: Scene,
  driver: PoolDriver,
  target: number,
  acknowledged: Set<string>,
): Promise<void> {
  const startedAt = scene.history.nowSeconds();
  let steps = 0;
  for (let workers = await driver.desired(); workers !== target; workers = await driver.desired()) {
    const next = Math.max(workers - STEP_LIMIT, Math.min(workers + STEP_LIMIT, target));
    steps += (await noting(driver, acknowledged, () => scaled(driver, next))).length;
  }
  const askedAt = scene.history.nowSeconds();
  await settled(driver, target);
  scene.say(
    `${String(target)} workers: ${String(steps)} steps in ${(askedAt - startedAt).toFixed(1)} s, ` +
      `at work ${(scene.history.nowSeconds() - askedAt).toFixed(1)} s later`,
  );
}

async function oneByOne(scene: Scene, driver: PoolDriver, acknowledged: Set<string>): Promise<void> {
  const startedAt = scene.history.nowSeconds();
  let scaleDowns = 0;
  while (acknowledged.size < REMOVALS) {
    const workers = await driver.desired();
    if (workers === SMALLEST) {
      await scaled(driver, LARGEST);
      await settled(driver, LARGEST);
    } else {
      await noting(driver, acknowledged, () => scaled(driver, workers - 1));
      scaleDowns += 1;
    }
  }
  const seconds = scene.history.nowSeconds() - startedAt;
  scene.say(`${String(scaleDowns)} scale-downs by one, growing again in between, in ${seconds.toFixed(0)} s`);
}

/** Notes the pods of the workers that were removed because they had acknowledged. */
async function noting(
  { control }: PoolDriver,
  acknowledged: Set<string>,
  scale: () => Promise<readonly ScaleOutcome[]>,
): Promise<readonly ScaleOutcome[]> {
  const { workers } = await control.observe(0);
  const outcomes = await scale();
  const removed = outcomes.flatMap((outcome) => outcome.removed);
  for (const { id, pod } of workers) if (removed.includes(id)) acknowledged.add(pod);
  return outcomes;
}

function ended({ history }: Scene): ReturnType<Scene['history']['of']> {
  return history.of('farm-worker').filter(({ endingAt }) => endingAt !== undefined);
}
