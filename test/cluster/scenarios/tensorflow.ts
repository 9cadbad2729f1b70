import type { Status } from '../../../autoscaler/status.ts';
import { Decisions } from '../decisions.ts';
import type { Scenario, Scene } from '../scenario.ts';
import { IMAGES } from '../test-cluster.ts';

const POLICY = 'dqn';

export const scenario: Scenario = {
  name: 'the autoscaler decides by the forward pass as it is shipped, and by TensorFlow.js where it is built with it',
  needsTensorflow: true,
  farm: {
    autoscaler: true,
    // The step that this policy was trained for.
    environment: { autoscaler: { POLICY: `policies/${POLICY}.json`, STEP_SECONDS: '8', DRY_RUN: 'yes' } },
  },
  async run(scene) {
    const plain = await decidingEngine(scene);
    const image = `autoscaler=${IMAGES.prefix}/farmhand-autoscaler:${IMAGES.tensorflowTag}`;
    await scene.kubectl('set', 'image', 'deployment/autoscaler', image);
    await scene.kubectl('rollout', 'status', 'deployment/autoscaler', '--timeout=180s');
    const tensorflow = await decidingEngine(scene);
    scene.say(`${POLICY} decides by the ${plain}, then by ${tensorflow}`);
    if (plain !== 'forward pass' || !tensorflow.startsWith('TensorFlow.js')) {
      throw new Error(`Expected the forward pass, then TensorFlow.js; got ${plain}, then ${tensorflow}`);
    }
  },
};

/** What runs the network, once the policy has decided by it: until TensorFlow.js is loaded, the forward pass does. */
async function decidingEngine(scene: Scene): Promise<string> {
  const decisions = new Decisions(scene);
  const before = (await decisions.all()).length;
  await scene.waitUntil('two more decisions by the policy', async () => {
    const made = (await decisions.all()).slice(before);
    return made.filter(({ policy, fallback }) => policy === POLICY && fallback === undefined).length >= 2;
  });
  const answer = await fetch(scene.autoscalerUrl, { headers: { authorization: `Bearer ${scene.token}` } });
  const { policies } = (await answer.json()) as Status;
  const engine = policies.find(({ name }) => name === POLICY)?.engine;
  if (engine === undefined) throw new Error(`Expected ${POLICY} to run; got ${JSON.stringify(policies)}`);
  return engine;
}
