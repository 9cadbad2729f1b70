import type { Scenario, Scene } from '../scenario.ts';
import { EVEN_LOAD, PATIENT_LEASES, busyWorker, checkDrained, endOf, endingSeconds } from '../worker-pool.ts';

const WORKERS = 5;

export const scenario: Scenario = {
  name: 'pods deleted, evicted and killed under load: who has a grace ends its task, and no task is lost or done twice',
  farm: { workers: WORKERS, environment: PATIENT_LEASES },
  async run(scene) {
    await scene.load(EVEN_LOAD);
    await ends(scene, 'deleted', async (pod) => {
      await scene.kubectl('delete', 'pod', pod, '--wait=false');
    });
    await ends(scene, 'evicted', (pod) => evict(scene, pod));
    const interrupted = (await scene.counters()).attemptsFailed;
    if (interrupted !== 0) throw new Error(`Expected no attempt to be cut short; ${interrupted} were.`);
    await killed(scene);
    await scene.client.load('DELETE');
    const { counters } = await scene.accountedFor();
    scene.say(
      `attempts cut short: 0 by deletion and eviction, ${counters.attemptsFailed} by kill -9; ${counters.handedBack} handed back, ${counters.lateAnswers} late answers`,
    );
    if (counters.failed > 0) throw new Error(`Expected no failed Result; there are ${counters.failed}.`);
  },
};

/** Ends the pod of a busy worker, and waits until it is gone and replaced. */
async function ends(scene: Scene, how: string, end: (pod: string) => Promise<void>): Promise<void> {
  const { pod } = await busyWorker(scene);
  await end(pod);
  const life = await endOf(scene, pod);
  checkDrained(life);
  scene.say(`${pod}: ${how} while busy, gone ${endingSeconds(life).toFixed(1)} s later with exit code 0`);
  await scene.ready();
}

/** Evicts through the Eviction API. While its replacement is not ready, the budget refuses to lose another one. */
async function evict(scene: Scene, pod: string): Promise<void> {
  const other = (await scene.pods('farm-worker')).find(({ metadata }) => metadata.name !== pod);
  if (other === undefined) throw new Error('Expected a second worker.');
  // The budget learns a little later than the Deployment that a pod has been replaced.
  await scene.waitUntil('the budget to allow an eviction', () => post(scene, pod).then(() => true));
  const refusal = await post(scene, other.metadata.name).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  if (refusal?.includes('disruption budget') !== true) {
    throw new Error(`Expected the budget to refuse a second eviction at once; got ${refusal ?? 'none'}.`);
  }
  scene.say('a second eviction at once: refused by the PodDisruptionBudget');
}

async function post({ cluster, namespace }: Scene, pod: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`;
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace } };
  await cluster.kubectl.run(['create', '--raw', path, '--filename', '-'], JSON.stringify(eviction));
}

/** kill -9 of a busy worker's process: nobody is told anything, and its lease gives the task back. */
async function killed(scene: Scene): Promise<void> {
  const { own } = scene.cluster;
  if (own === undefined) {
    scene.say('kill -9 in the container is left out: it takes a cluster whose processes are at hand');
    return;
  }
  const { pod } = await busyWorker(scene);
  const status = (await scene.pods('farm-worker')).find(({ metadata }) => metadata.name === pod)?.status;
  const container = status?.containerStatuses[0];
  if (container === undefined) throw new Error(`Expected a container in pod ${pod}.`);
  process.kill(await own.pidOf(container.containerID), 'SIGKILL');
  await scene.waitUntil(`pod ${pod} to start again`, () =>
    Promise.resolve(scene.history.of('farm-worker').some((life) => life.name === pod && life.restarts > 0)),
  );
  await scene.ready();
  const life = scene.history.of('farm-worker').find(({ name }) => name === pod);
  scene.say(`${pod}: killed while busy (exit code ${life?.exitCode ?? '?'}), started again in place`);
}
