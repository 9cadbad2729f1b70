import type { Scenario, Scene } from '../scenario.ts';
import { autoscalerAccess } from '../pool-driver.ts';
import { ServiceAccount } from '../service-account.ts';
import { forbiddenAttempts, neededAttempts } from './token-attempts.ts';
import type { NamedAttempt } from './token-attempts.ts';

export const scenario: Scenario = {
  name: "the autoscaler's token does what a step needs, and nothing else, whatever somebody who has it tries",
  async run(scene) {
    const account = new ServiceAccount(await autoscalerAccess(scene));
    const targets = {
      namespace: scene.namespace,
      worker: await firstPod(scene, 'farm-worker'),
      stranger: await firstPod(scene, 'collector'),
      otherNamespace: 'default',
    };
    const needed = neededAttempts(targets);
    const forbidden = forbiddenAttempts(targets);
    const wrong = [
      ...(await answeredOtherwise(account, forbidden, 403)),
      ...(await answeredOtherwise(account, needed, 200)),
    ];
    if (wrong.length > 0)
      throw new Error(`The rights of the autoscaler are not as they should be:\n${wrong.join('\n')}`);
    scene.say(`${needed.length} requests of a step are allowed, ${forbidden.length} others are refused`);
  },
};

async function answeredOtherwise(
  account: ServiceAccount,
  attempts: readonly NamedAttempt[],
  expected: number,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const attempt of attempts) {
    const { status, text } = await account.send(attempt);
    if (status !== expected)
      wrong.push(`${attempt.what}: expected ${expected}, got ${status} ${text.slice(0, 300)}`);
  }
  return wrong;
}

async function firstPod(scene: Scene, part: string): Promise<string> {
  const pod = (await scene.pods(part))[0];
  if (pod === undefined) throw new Error(`Expected a pod of ${part}.`);
  return pod.metadata.name;
}
