import type { Status } from '../../../autoscaler/status.ts';
import { versionOf } from '../../../autoscaler/policy-source.ts';
import { BAD_POLICY_FILES, staticPolicy } from '../../support/policy-files.ts';
import { Decisions, POLICY_PATH, policyConfigMap } from '../decisions.ts';
import type { Manifest } from '../decisions.ts';
import type { Scenario, Scene } from '../scenario.ts';

/** Holds a policy as well. */
const SECRET = 'farmhand-policy';
/** kubectl applies no more than 256 KiB. */
const MOST_CHARACTERS = 200_000;

export const scenario: Scenario = {
  name: 'a policy is swapped under load by changing its ConfigMap, or its secret, and what cannot be used is refused by the field',
  farm: {
    workers: 2,
    autoscaler: true,
    environment: { autoscaler: { POLICY: POLICY_PATH, STEP_SECONDS: '1', MAX_WORKERS: '5' } },
    patches: [withSecrets(['farmhand-redis-password', 'farmhand-token', SECRET])],
    before: [policyConfigMap(staticPolicy(2)), policySecret(staticPolicy(2))],
  },
  async run(scene) {
    const decisions = new Decisions(scene);
    const before = await autoscalerPod(scene);
    await decisions.next('a decision by the first policy', ({ policy }) => policy === 'always-2');
    await scene.load({ phases: [{ seconds: 60, multiplier: 1 }], baseRatePerSecond: 1.5 });
    await swap(scene, decisions, 4);
    for (const [why, field, text] of BAD_POLICY_FILES) {
      if (text.length > MOST_CHARACTERS) continue;
      await mount(scene, text);
      const { policy, refused = [] } = await decisions.next(`a file ${why} to be refused`, (each) =>
        (each.refused ?? []).some(({ version }) => version === versionOf(text)),
      );
      const [refusal] = refused;
      if (policy !== 'always-4' || refusal?.field.includes(field) !== true) {
        throw new Error(
          `Expected ${field} to be refused, and always-4 to go on; got ${JSON.stringify({ policy, refused })}`,
        );
      }
      scene.say(`${why}: refused by ${refusal.field}, ${policy} goes on`);
    }
    await swap(scene, decisions, 3);
    const { policies, refused } = await status(scene);
    if (refused.length > 0)
      throw new Error(`Expected nothing to be refused any more; got ${JSON.stringify(refused)}`);
    scene.say(`running: ${JSON.stringify(policies)}`);
    const after = await autoscalerPod(scene);
    if (after !== before)
      throw new Error(`Expected the same autoscaler all along; got ${before}, then ${after}`);
    await fromSecret(scene, decisions);
    await scene.accountedFor();
    scene.sayReplicas();
  },
};

/** Secrets lose their last newline on the way, which makes no difference to a version. */
async function fromSecret(scene: Scene, decisions: Decisions): Promise<void> {
  await scene.kubectl('set', 'env', 'deployment/autoscaler', `POLICY=secret:${SECRET}`);
  await scene.ready();
  await decisions.next('a decision by the policy in the secret', ({ policy }) => policy === 'always-2');
  await swap(scene, decisions, 4, policySecret);
}

/** Resolves when the new content has decided, and the pool is as large as it says. */
async function swap(
  scene: Scene,
  decisions: Decisions,
  workers: number,
  holding = policyConfigMap,
): Promise<void> {
  const text = staticPolicy(workers);
  const startedAt = performance.now();
  await mount(scene, text, holding);
  await decisions.next(`a decision by always-${String(workers)}`, (each) => {
    return each.policyVersion === versionOf(text) && each.workers === workers;
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const { kind } = holding(text);
  scene.say(`${kind} changed to the pool resized by the new policy: ${seconds.toFixed(1)} s`);
  await scene.ready();
}

/** The kubelet looks at what it has mounted about once a minute, and whenever the pod changes: so it is touched. */
async function mount(scene: Scene, text: string, holding = policyConfigMap): Promise<void> {
  await scene.apply(holding(text));
  const [pod = ''] = (await scene.pods('autoscaler')).map(({ metadata }) => metadata.name);
  await scene.kubectl('annotate', 'pod', pod, '--overwrite', `test/policy=${versionOf(text)}`);
}

function policySecret(text: string): Manifest {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: SECRET }, stringData: { [SECRET]: text } };
}

/** The volume of the autoscaler's secrets, with these in it. */
function withSecrets(names: readonly string[]): object {
  const sources = names.map((name) => ({ secret: { name } }));
  const volumes = [{ name: 'secrets', projected: { defaultMode: 0o440, sources } }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'autoscaler' },
    spec: { template: { spec: { volumes } } },
  };
}

async function autoscalerPod(scene: Scene): Promise<string> {
  const lives = scene.history.of('autoscaler').filter(({ goneAt }) => goneAt === undefined);
  const pods = await scene.pods('autoscaler');
  const restarts = lives.reduce((sum, life) => sum + life.restarts, 0);
  return `${pods.map(({ metadata }) => metadata.name).join(', ')}, restarted ${String(restarts)} times`;
}

async function status(scene: Scene): Promise<Status> {
  const answer = await fetch(scene.autoscalerUrl, { headers: { authorization: `Bearer ${scene.token}` } });
  return (await answer.json()) as Status;
}
