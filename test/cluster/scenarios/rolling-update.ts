import type { Counters } from '../../../shared/farm/counters.ts';
import { Decisions } from '../decisions.ts';
import type { PodLife } from '../pod-history.ts';
import type { Scenario, Scene } from '../scenario.ts';
import { IMAGES } from '../test-cluster.ts';
import { EVEN_LOAD, PATIENT_LEASES, checkDrained } from '../worker-pool.ts';

const WORKERS = 5;
const IMAGE = `${IMAGES.prefix}/farmhand-worker:${IMAGES.nextTag}`;

export const scenario: Scenario = {
  name: 'a rolling update to a new image under load: old and new work side by side, and nothing is lost, done twice or interrupted',
  farm: {
    workers: WORKERS,
    autoscaler: true,
    environment: { ...PATIENT_LEASES, autoscaler: { POLICY: `static:${WORKERS}`, STEP_SECONDS: '1' } },
  },
  async run(scene) {
    const { history } = scene;
    await scene.load(EVEN_LOAD);
    await scene.waitUntil('work', async () => (await scene.counters()).answered > 0);
    const old = new Set((await scene.pods('farm-worker')).map(({ metadata }) => metadata.name));
    const lastStep = (await new Decisions(scene).all()).at(-1)?.fence ?? 0;
    const startedAt = history.nowSeconds();
    await scene.kubectl('set', 'image', 'deployment/farm-worker', `worker=${IMAGE}`);
    await scene.kubectl('rollout', 'status', 'deployment/farm-worker', '--timeout=240s');
    const { gone, fresh } = await replaced(scene, old);
    const seconds = history.nowSeconds() - startedAt;
    await checkHeld(scene, lastStep);
    await scene.client.load('DELETE');
    const { counters } = await scene.accountedFor();
    scene.sayReplicas();
    scene.say(
      `${old.size} workers replaced in ${seconds.toFixed(0)} s, old and new side by side for ${sideBySideSeconds(gone, fresh).toFixed(0)} s; ${counters.attemptsFailed} attempts cut short, ${counters.handedBack} handed back`,
    );
    check(gone, fresh, counters);
  },
};

/** While the rollout was under way the autoscaler left the pool alone, and after it, it decides again. */
async function checkHeld(scene: Scene, since: number): Promise<void> {
  const decisions = new Decisions(scene);
  const during = (await decisions.all()).filter(({ fence }) => fence > since);
  const held = during.findLast(({ hold }) => hold?.reason === 'rolloutInProgress');
  if (held === undefined) throw new Error(`Expected a step that holds; got ${JSON.stringify(during)}.`);
  await decisions.next('a step after it', ({ fence, hold }) => fence > held.fence && hold === undefined);
  const changes = during.filter(({ outcome }) => outcome?.applied !== outcome?.before);
  if (changes.length > 0) throw new Error(`Expected no scaling; got ${JSON.stringify(changes[0])}.`);
}

/** Waits until every old worker is gone and as many new ones are ready. */
function replaced(
  scene: Scene,
  old: ReadonlySet<string>,
): Promise<{ readonly gone: readonly PodLife[]; readonly fresh: readonly PodLife[] }> {
  return scene.waitUntil('the old workers to be gone', () => {
    const lives = scene.history.of('farm-worker');
    const gone = lives.filter(({ name, goneAt }) => old.has(name) && goneAt !== undefined);
    const fresh = lives.filter(({ name, readyAt }) => !old.has(name) && readyAt !== undefined);
    const isOver = gone.length === old.size && fresh.length === WORKERS;
    return Promise.resolve(isOver ? { gone, fresh } : undefined);
  });
}

/** From the first new worker that was ready to the end of the last old one. */
function sideBySideSeconds(gone: readonly PodLife[], fresh: readonly PodLife[]): number {
  const lastOld = Math.max(...gone.map(({ goneAt }) => goneAt ?? 0));
  return lastOld - Math.min(...fresh.map(({ readyAt }) => readyAt ?? 0));
}

function check(gone: readonly PodLife[], fresh: readonly PodLife[], counters: Counters): void {
  gone.forEach(checkDrained);
  const stray = fresh.find((life) => !life.image.endsWith(IMAGE));
  if (stray !== undefined) throw new Error(`Expected ${IMAGE} in ${stray.name}; got ${stray.image}.`);
  if (sideBySideSeconds(gone, fresh) <= 0) {
    throw new Error('Expected new workers to be ready before the last old one was gone.');
  }
  if (counters.attemptsFailed > 0 || counters.failed > 0) {
    throw new Error(`Expected no attempt to be cut short; ${counters.attemptsFailed} were.`);
  }
}
