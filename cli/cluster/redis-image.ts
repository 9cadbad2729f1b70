import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASE_IMAGE } from './base-image.ts';
import type { ClusterFolder } from './cluster-folder.ts';
import type { DockerDaemon } from './docker-daemon.ts';

/** Redis out of Debian's packages, for clusters that cannot pull one. The user is the official image's. */
export const REDIS_IMAGE = 'farmhand/redis:debian';

const DOCKERFILE = `FROM ${BASE_IMAGE}
RUN apt-get update && apt-get install --yes --no-install-recommends redis-server && rm -rf /var/lib/apt/lists
USER 999:999
CMD ["redis-server"]
`;

export async function ensureRedisImage(folder: ClusterFolder, daemon: DockerDaemon): Promise<void> {
  if (await daemon.hasImage(REDIS_IMAGE)) return;
  const context = mkdtempSync(folder.inRun('redis-image-'));
  try {
    writeFileSync(join(context, 'Dockerfile'), DOCKERFILE);
    await daemon.docker(['build', '--network', 'host', '--tag', REDIS_IMAGE, context]);
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}
