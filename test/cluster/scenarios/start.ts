import { z } from 'zod';
import type { Scenario, Scene } from '../scenario.ts';
import { IMAGES } from '../test-cluster.ts';

/** What the manifests promise; the container's own start comes before that and is the platform's. */
const READY_TO_CLAIM_SECONDS = 1.5;
const WORKERS = 3;

/** Numbers in a line of the worker's log. */
const entrySchema = z.object({ msg: z.literal('entered the registry'), sinceStartSeconds: z.number() });

export const scenario: Scenario = {
  name: 'the four images start, unprivileged and read-only, and a worker is soon ready to claim',
  farm: { autoscaler: true, environment: { autoscaler: { SCHEDULE: 'off' } } },
  async run(scene) {
    await checkUser(scene);
    checkSizes(scene);
    const seconds: number[] = [];
    // One after the other: what several starts at once cost each other on one machine is not the image's.
    for (let replicas = 2; replicas <= WORKERS + 1; replicas += 1) {
      await scene.scale('farm-worker', replicas);
    }
    for (const { metadata } of await scene.pods('farm-worker')) {
      const entered = await scene.waitUntil('a worker in the registry', async () =>
        startSeconds(await scene.kubectl('logs', metadata.name)),
      );
      seconds.push(entered);
    }
    const best = Math.min(...seconds);
    scene.say(
      `ready to claim after ${seconds.map((each) => each.toFixed(2)).join(', ')} s of the process (at most ${READY_TO_CLAIM_SECONDS} s on an idle machine)`,
    );
    for (const life of scene.history.lives) {
      if (life.readyAt !== undefined)
        scene.say(`${life.part}: pod made to ready ${(life.readyAt - life.seenAt).toFixed(1)} s`);
    }
    if (best > READY_TO_CLAIM_SECONDS) scene.say(`SLOW: none was ready within ${READY_TO_CLAIM_SECONDS} s`);
  },
};

/** Above the base image, in megabytes; the autoscaler without TensorFlow.js. */
const LARGEST: Readonly<Record<string, number>> = { emitter: 30, worker: 60, collector: 30, autoscaler: 110 };

function checkSizes({ cluster, say }: Scene): void {
  for (const { functionName, tag, ownBytes } of cluster.images) {
    const megabytes = ownBytes / 1e6;
    say(`${tag}: ${megabytes.toFixed(1)} MB above the base image`);
    const most = LARGEST[functionName];
    if (tag.endsWith(`:${IMAGES.tag}`) && most !== undefined && megabytes > most) {
      throw new Error(`Expected at most ${most} MB in ${tag}; it has ${megabytes.toFixed(1)} MB.`);
    }
  }
}

async function checkUser(scene: Scene): Promise<void> {
  for (const part of ['emitter', 'farm-worker', 'collector', 'autoscaler']) {
    const script =
      "const fs = require('fs'); let wrote = true; try { fs.writeFileSync('/home/app/x', '') } catch { wrote = false } console.log(process.getuid(), wrote)";
    const answer = await scene.kubectl('exec', `deployment/${part}`, '--', 'node', '-e', script);
    if (answer.trim() !== '12000 false') {
      throw new Error(`Expected ${part} to run as user 12000 on a read-only file system; got ${answer}`);
    }
  }
}

function startSeconds(log: string): number | undefined {
  const line = log.split('\n').find((each) => each.includes('entered the registry'));
  return line === undefined ? undefined : entrySchema.parse(JSON.parse(line)).sinceStartSeconds;
}
