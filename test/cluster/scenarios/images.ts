import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layOutBuildContext } from '../../../cli/cluster/build-context.ts';
import { ImageBuilder } from '../../../cli/cluster/image-builder.ts';
import type { OwnCluster } from '../../../cli/cluster/own-cluster.ts';
import { ProgramFailed } from '../../../cli/cluster/run-program.ts';
import { readStackFile } from '../../../cli/cluster/stack-file.ts';
import { repositoryFolder } from '../../../cli/setup/packages.js';
import type { Scenario, Scene } from '../scenario.ts';
import { IMAGES } from '../test-cluster.ts';

const DEPLOYMENTS = ['emitter', 'farm-worker', 'collector', 'autoscaler'];
/** Nobody's: neither the image's own user nor one that the base image knows. */
const ANY_USER = 54_321;

export const scenario: Scenario = {
  name: 'any user may run the images, and BuildKit builds them as well as the plain builder does',
  farm: { autoscaler: true, patches: DEPLOYMENTS.map(asAnyUser) },
  limitSeconds: 900,
  async run(scene) {
    for (const deployment of DEPLOYMENTS) {
      const user = await scene.kubectl('exec', `deployment/${deployment}`, '--', 'id', '-u');
      if (user.trim() !== String(ANY_USER)) {
        throw new Error(`Expected ${deployment} to run as user ${String(ANY_USER)}; got ${user}`);
      }
    }
    await scene.load({ phases: [{ seconds: 5, multiplier: 1 }], baseRatePerSecond: 2, deadlineFactor: 100 });
    await scene.accountedFor();
    const own = scene.cluster.own?.cluster;
    if (own === undefined) scene.say('skipped: BuildKit is tried where the images are built');
    else await buildWithBuildKit(scene, own);
  },
};

function asAnyUser(name: string): object {
  const securityContext = { runAsUser: ANY_USER, runAsGroup: ANY_USER };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { template: { spec: { securityContext } } },
  };
}

/** The worker's image, because it alone has packages with parts for each kind of processor. */
async function buildWithBuildKit(scene: Scene, { folder, state }: OwnCluster): Promise<void> {
  const stack = readStackFile(readFileSync(join(repositoryFolder, 'stack.yml'), 'utf8'), {});
  const output = folder.inRun('buildkit-contexts');
  const context = layOutBuildContext(stack, 'worker', { project: repositoryFolder, output });
  const builder = new ImageBuilder(folder, state, scene.say);
  const tag = `${IMAGES.prefix}/farmhand-worker:buildkit`;
  const environment = { DOCKER_BUILDKIT: '1' };
  try {
    await builder.withDaemon(async () => {
      await builder.daemon.docker(['build', '--network', 'host', '--tag', tag, context], { environment });
    }, scene.signal);
    scene.say('BuildKit builds the worker as well');
  } catch (error) {
    if (!(error instanceof ProgramFailed) || !error.output.includes('buildx component')) throw error;
    scene.say('skipped: this Docker has no BuildKit');
  }
}
