import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterFolder } from './cluster-folder.ts';
import { ctr, PAUSE_IMAGE } from './node-parts.ts';
import { runProgram } from './run-program.ts';

/** Gives containerd the image of the process that holds a pod's network: one program and nothing else. */
export async function importPauseImage(folder: ClusterFolder, program: string): Promise<void> {
  const work = mkdtempSync(folder.inRun('pause-image-'));
  try {
    const root = join(work, 'root');
    const image = join(work, 'image');
    mkdirSync(root);
    mkdirSync(image);
    copyFileSync(program, join(root, 'pause'));
    await archive(root, join(image, 'layer.tar'));
    const layer = createHash('sha256')
      .update(readFileSync(join(image, 'layer.tar')))
      .digest('hex');
    const config = {
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: { Entrypoint: ['/pause'], User: '65535:65535' },
      rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    };
    writeFileSync(join(image, 'config.json'), JSON.stringify(config));
    const manifest = [{ Config: 'config.json', RepoTags: [PAUSE_IMAGE], Layers: ['layer.tar'] }];
    writeFileSync(join(image, 'manifest.json'), JSON.stringify(manifest));
    await archive(image, join(work, 'image.tar'));
    await ctr(folder, ['images', 'import', join(work, 'image.tar')]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function archive(from: string, to: string): Promise<void> {
  await runProgram('tar', ['--create', '--file', to, '--directory', from, '--owner=0', '--group=0', '.']);
}
