import { rmSync } from 'node:fs';
import { ImageBuilder } from './image-builder.ts';
import type { BuildRequest, BuiltImage } from './image-builder.ts';
import { ctr } from './node-parts.ts';
import type { OwnCluster } from './own-cluster.ts';
import { ensureRedisImage, REDIS_IMAGE } from './redis-image.ts';

/** Builds the functions' images, and hands them and a Redis to the cluster that is up. */
export async function loadImages(
  cluster: OwnCluster,
  requests: readonly BuildRequest[],
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<BuiltImage[]> {
  const { folder, state } = cluster;
  const builder = new ImageBuilder(folder, state, say);
  const archive = folder.inRun('images.tar');
  try {
    const built = await builder.withDaemon(async () => {
      await ensureRedisImage(folder, builder.daemon);
      const images: BuiltImage[] = [];
      for (const request of requests) images.push(...(await builder.build(request)));
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
