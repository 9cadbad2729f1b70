import { rmSync } from 'node:fs';
import { isAlive } from '../local/process-identity.ts';
import { ImageBuilder } from './image-builder.ts';
import type { BuildRequest, BuiltImage } from './image-builder.ts';
import { ctr } from './node-parts.ts';
import type { OwnCluster } from './own-cluster.ts';
import { ensureRedisImage, REDIS_IMAGE } from './redis-image.ts';
import { waitUntil } from './wait-until.ts';

/** How long another build on this machine may take. */
const OTHER_BUILD_SECONDS = 900;

/** Builds the functions' images, and hands them and a Redis to the cluster that is up. */
export async function loadImages(
  cluster: OwnCluster,
  request: BuildRequest,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<BuiltImage[]> {
  const { folder, state } = cluster;
  await otherBuildsToEnd(cluster, signal);
  const builder = new ImageBuilder(folder, state, say);
  const archive = folder.inRun('images.tar');
  try {
    const built = await builder.withDaemon(async () => {
      await ensureRedisImage(folder, builder.daemon);
      const images = await builder.build(request);
      await builder.daemon.docker([
        ...['save', '--output', archive, REDIS_IMAGE],
        ...images.map(({ tag }) => tag),
      ]);
      return images;
    }, signal);
    await ctr(folder, ['images', 'import', archive]);
    return built;
  } finally {
    rmSync(archive, { force: true });
  }
}

/** Two daemons over the same layers would spoil them. */
async function otherBuildsToEnd(cluster: OwnCluster, signal?: AbortSignal): Promise<void> {
  const isBuilding = (): boolean =>
    cluster.state.read()?.parts.some((part) => part.name === 'dockerd' && isAlive(part)) ?? false;
  await waitUntil('another build of images to end', () => Promise.resolve(!isBuilding()), {
    seconds: OTHER_BUILD_SECONDS,
    ...(signal === undefined ? {} : { signal }),
  });
}
