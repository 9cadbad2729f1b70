import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { farmNode } from '../setup/node.js';
import type { ClusterFolder } from './cluster-folder.ts';
import { DEBIAN_PARTS } from './debian-parts.ts';
import type { DockerDaemon } from './docker-daemon.ts';
import { PartsMissing } from './parts-missing.ts';
import { runProgram } from './run-program.ts';

/** What the functions' Dockerfiles build on. */
export const BASE_IMAGE = 'node:22-bookworm-slim';
const DEBIAN_IMAGE = 'farmhand/debian:bookworm';
/** Behind a network that swallows packets, Docker itself would try for five minutes. */
const PULL_SECONDS = 30;
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/**
 * The image that the Dockerfiles name, made here where nothing can be pulled: Debian's minimal system, the farm's own
 * Node, this machine's npm with its registry, and its certificates, which npm needs behind an inspecting proxy.
 */
export async function ensureBaseImage(
  folder: ClusterFolder,
  daemon: DockerDaemon,
  say: (line: string) => void,
): Promise<void> {
  if (await daemon.hasImage(BASE_IMAGE)) return;
  const limit = { signal: AbortSignal.timeout(PULL_SECONDS * 1000) };
  if (await daemon.docker(['pull', '--quiet', BASE_IMAGE], limit).catch(() => undefined)) return;
  say(`${BASE_IMAGE} cannot be pulled: making a stand-in from Debian's packages (once, about a minute)`);
  const work = mkdtempSync(folder.inRun('base-image-'));
  try {
    await importDebian(daemon, join(work, 'debian.tar'));
    const context = join(work, 'context');
    mkdirSync(context);
    await writeContext(context);
    await daemon.docker(['build', '--network', 'host', '--tag', BASE_IMAGE, context]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function importDebian(daemon: DockerDaemon, archive: string): Promise<void> {
  if (await daemon.hasImage(DEBIAN_IMAGE)) return;
  await runProgram('nice', [
    DEBIAN_PARTS.mmdebstrap.path,
    '--variant=minbase',
    '--quiet',
    // What official slim images leave out as well.
    '--dpkgopt=path-exclude=/usr/share/doc/*',
    '--dpkgopt=path-exclude=/usr/share/man/*',
    '--dpkgopt=path-exclude=/usr/share/locale/*',
    'bookworm',
    archive,
    ...existing(['/etc/apt/sources.list', '/etc/apt/sources.list.d/debian.sources']),
  ]).catch((error: unknown) => {
    throw new PartsMissing(`Debian's packages for the base image cannot be had. ${String(error)}`);
  });
  await daemon.docker(['import', archive, DEBIAN_IMAGE]);
}

async function writeContext(context: string): Promise<void> {
  const npm = dirname(dirname(realpathSync((await runProgram('which', ['npm'])).trim())));
  copyFileSync(realpathSync(farmNode()), join(context, 'node'));
  cpSync(npm, join(context, 'npm'), { recursive: true, dereference: true });
  const certificates = existsSync(CERTIFICATES);
  if (certificates) copyFileSync(CERTIFICATES, join(context, 'ca-certificates.crt'));
  const registry = (await runProgram('npm', ['config', 'get', 'registry'])).trim();
  writeFileSync(join(context, 'npmrc'), `registry=${registry}\n`);
  writeFileSync(
    join(context, 'Dockerfile'),
    [
      `FROM ${DEBIAN_IMAGE}`,
      'COPY node /usr/local/bin/node',
      'COPY npm /usr/local/lib/node_modules/npm',
      'COPY npmrc /usr/local/etc/npmrc',
      ...(certificates
        ? [`COPY ca-certificates.crt ${CERTIFICATES}`, `ENV NODE_EXTRA_CA_CERTS=${CERTIFICATES}`]
        : []),
      'RUN chmod 755 /usr/local/bin/node \\',
      ' && ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \\',
      ' && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx \\',
      ' && chmod 755 /usr/local/lib/node_modules/npm/bin/*.js \\',
      ' && groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node \\',
      ' && node --version && npm --version',
      'CMD ["node"]',
      '',
    ].join('\n'),
  );
}

function existing(paths: readonly string[]): string[] {
  return paths.filter((path) => existsSync(path));
}
