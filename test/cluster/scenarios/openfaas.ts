import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readStackFile } from '../../../cli/cluster/stack-file.ts';
import { communityObjects, redeployPatch } from '../community-edition.ts';
import { Decisions } from '../decisions.ts';
import type { Scenario, Scene } from '../scenario.ts';
import { IMAGES } from '../test-cluster.ts';
import { PATIENT_LEASES } from '../worker-pool.ts';

const STACK = join(import.meta.dirname, '..', '..', '..', 'stack.yml');
/** Keeps about three workers busy, of the five that the Community Edition allows. */
const LOAD = {
  phases: [{ seconds: 40, multiplier: 1 }],
  baseRatePerSecond: 6,
  service: { meanSeconds: 0.5 },
  // Tasks must not run out of time: what is looked for is whether any is lost or done twice.
  deadlineFactor: 100,
  seed: 11,
};

export const scenario: Scenario = {
  name: 'stack.yml as the Community Edition of OpenFaaS deploys it: the worker function is scaled, and a deploy under load loses nothing',
  farm: { workers: 0 },
  limitSeconds: 420,
  async run(scene) {
    const names = await deployStack(scene);
    await scene.load(LOAD);
    const decision = await new Decisions(scene).next('more workers', ({ outcome }) => {
      return (outcome?.applied ?? 0) > 1;
    });
    scene.say(
      `the autoscaler went from ${text(decision.outcome?.before)} to ${text(decision.outcome?.applied)}`,
    );
    for (const name of names) await scene.kubectl('patch', 'deployment', name, '--patch', redeployPatch(2));
    await scene.accountedFor();
    for (const name of names) {
      const lives = scene.history.of(name);
      const restarts = lives.reduce((sum, life) => sum + life.restarts, 0);
      scene.say(`${name}: ${String(lives.length)} pods, restarted ${String(restarts)} times`);
    }
  },
};

/** In the place of the farm's own Deployments, behind Services of the same names. */
async function deployStack(scene: Scene): Promise<string[]> {
  await scene.kubectl('delete', 'deployment', 'emitter', 'collector', 'autoscaler', 'farm-worker');
  const stack = readStackFile(readFileSync(STACK, 'utf8'), {
    OPENFAAS_PREFIX: IMAGES.prefix,
    TAG: IMAGES.tag,
  });
  const functions = Object.entries(stack.functions);
  Object.assign(stack.functions['emitter']?.environment ?? {}, PATIENT_LEASES.emitter);
  await scene.apply(
    ...functions.flatMap(([name, source]) => communityObjects({ name, source, image: source.image })),
  );
  await grantRights(scene);
  await scene.ready();
  // Here a pod counts as ready once its health is answered, which may be before its function has been loaded.
  await scene.waitUntil('the emitter', async () => (await fetch(`${scene.emitterUrl}/_/ready`)).ok);
  return functions.map(([name]) => name);
}

/** As docs/kubernetes.md says for this edition, and with the Role of deploy/openfaas-standard, where `worker` is scaled. */
async function grantRights(scene: Scene): Promise<void> {
  const rules = [0, 1].map((rule) => ({
    op: 'replace',
    path: `/rules/${String(rule)}/resourceNames`,
    value: ['worker'],
  }));
  await scene.kubectl('patch', 'role', 'farm-autoscaler', '--type', 'json', '--patch', JSON.stringify(rules));
  const patch = JSON.stringify({ spec: { template: { spec: { serviceAccountName: 'farm-autoscaler' } } } });
  await scene.kubectl('patch', 'deployment', 'autoscaler', '--patch', patch);
}

function text(count: number | undefined): string {
  return count === undefined ? 'nothing' : `${String(count)} workers`;
}
