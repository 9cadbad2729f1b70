import { z } from 'zod';
import type { Decision } from '../../../autoscaler/decision.ts';
import { Decisions } from '../decisions.ts';
import type { Scenario, Scene } from '../scenario.ts';

const AWAY_SECONDS = 30;

export const scenario: Scenario = {
  name: 'Redis away for 30 s, and restarted, under load: steps hold, no probe restarts a pod, nothing is lost',
  farm: {
    workers: 3,
    autoscaler: true,
    environment: {
      autoscaler: {
        POLICY: 'policies/staffing-local.json',
        STEP_SECONDS: '2',
        MIN_WORKERS: '2',
        MAX_WORKERS: '6',
      },
    },
  },
  async run(scene) {
    const decisions = new Decisions(scene);
    await scene.load({ phases: [{ seconds: 70, multiplier: 1 }], baseRatePerSecond: 2 });
    await decisions.next('decisions under load', (each) => (each.observation?.arrivalRatePerSecond ?? 0) > 0);
    const wanted = await replicas(scene);
    const startedAt = performance.now();
    await redis(scene, `client pause ${String(AWAY_SECONDS * 1000)} all`);
    await scene.waitUntil('a step without Redis', async () => (await heldSteps(scene)).length > 0);
    const asked = await stepNow(scene);
    if (asked?.hold?.reason !== 'noData') {
      throw new Error(`Expected a step without Redis to hold with noData; got ${JSON.stringify(asked)}`);
    }
    await scene.waitUntil('Redis to answer', () => scene.control.observe(0), 2 * AWAY_SECONDS);
    scene.say(`Redis was away for ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    const steps = await heldSteps(scene);
    const after = await replicas(scene);
    scene.say(
      `${String(steps.length)} steps held with noData; workers wanted ${wanted} before, ${after} after`,
    );
    await backToWork(scene, decisions);
    expectNoRestarts(scene);

    await redis(scene, 'shutdown').catch(() => undefined);
    await scene.ready();
    await backToWork(scene, decisions);
    await scene.accountedFor();
    expectNoRestarts(scene);
    scene.sayReplicas();
  },
};

/** The first step that reaches the farm is whole again. */
async function backToWork(scene: Scene, decisions: Decisions): Promise<void> {
  const { atSeconds: now } = await scene.control.observe(0);
  const { atSeconds = 0, policy = 'nobody' } = await decisions.next('a decision after it', (each) => {
    return each.policy !== undefined && (each.atSeconds ?? 0) > now;
  });
  scene.say(`Redis back to the first decision: ${(atSeconds - now).toFixed(1)} s, by ${policy}`);
}

async function redis(scene: Scene, command: string): Promise<void> {
  const script = `REDISCLI_AUTH="$(cat /var/run/farmhand/farmhand-redis-password)" redis-cli ${command}`;
  await scene.kubectl('exec', 'redis-0', '--', 'sh', '-c', script);
}

function replicas(scene: Scene): Promise<string> {
  return scene.kubectl('get', 'deployment', 'farm-worker', '-o', 'jsonpath={.spec.replicas}');
}

/** Undefined where another step is under way. */
async function stepNow(scene: Scene): Promise<Decision | undefined> {
  return scene.waitUntil('a step of its own', async () => {
    const answer = await fetch(scene.autoscalerUrl, { method: 'POST' });
    return answer.status === 200 ? ((await answer.json()) as Decision) : undefined;
  });
}

const stepSchema = z.object({
  msg: z.literal('step'),
  decision: z.object({ hold: z.object({ reason: z.literal('noData') }) }),
});

/** Steps in the autoscaler's log that could not see the farm. */
async function heldSteps(scene: Scene): Promise<readonly unknown[]> {
  const lines = (await scene.kubectl('logs', 'deployment/autoscaler')).split('\n');
  return lines
    .filter((line) => line.startsWith('{'))
    .map((line) => stepSchema.safeParse(JSON.parse(line)))
    .filter(({ success }) => success);
}

/** Redis itself is restarted on purpose. */
function expectNoRestarts(scene: Scene): void {
  const restarted = scene.history.lives.filter(({ part, restarts }) => part !== 'redis' && restarts > 0);
  if (restarted.length === 0) return;
  throw new Error(`Expected no probe to restart a pod; it was done to ${JSON.stringify(restarted)}`);
}
