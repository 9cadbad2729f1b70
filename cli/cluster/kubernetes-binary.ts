import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterFolder } from './cluster-folder.ts';
import { PartsMissing } from './parts-missing.ts';
import { ProgramFailed, runProgram } from './run-program.ts';

/** Kubernetes' version, as the node reports it; go.mod says the same. */
const VERSION = { git: 'v1.34.4', major: '1', minor: '34' } as const;
/** The oldest Go that builds it. */
const OLDEST_GO = [1, 24] as const;

/** Every part of Kubernetes in one program, and the small one that holds a pod's network. */
export interface KubernetesPrograms {
  readonly kubernetes: string;
  readonly pause: string;
}

const recipe = join(import.meta.dirname, 'kubernetes-binary');

/** The built programs; builds them first (about six minutes on two cores) where the recipe has changed. */
export async function ensureKubernetes(
  folder: ClusterFolder,
  say: (line: string) => void,
): Promise<KubernetesPrograms> {
  const target = folder.cached(`kubernetes-${recipeHash()}`);
  const programs = { kubernetes: join(target, 'kubernetes'), pause: join(target, 'pause') };
  if (existsSync(target)) return programs;
  await checkGo();
  say(`building Kubernetes ${VERSION.git} from its Go modules (once, about six minutes)`);
  const unfinished = `${target}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    await build('.', join(unfinished, 'kubernetes'));
    await build('./pause', join(unfinished, 'pause'));
    if (!existsSync(target)) renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return programs;
}

function recipeHash(): string {
  const hash = createHash('sha256');
  for (const file of ['main.go', 'pause/main.go', 'go.mod', 'go.sum'])
    hash.update(readFileSync(join(recipe, file)));
  return hash.digest('hex').slice(0, 16);
}

async function checkGo(): Promise<void> {
  const version = await runProgram('go', ['env', 'GOVERSION']).catch(() => undefined);
  const [, major = 0, minor = 0] = /^go(\d+)\.(\d+)/.exec(version ?? '')?.map(Number) ?? [];
  const [oldestMajor, oldestMinor] = OLDEST_GO;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new PartsMissing(
    `Expected Go ${OLDEST_GO.join('.')} or newer on the PATH, to build Kubernetes; ` +
      `got ${version === undefined ? 'none' : version.trim()}.`,
  );
}

async function build(source: string, target: string): Promise<void> {
  const variable = 'k8s.io/component-base/version';
  const flags = [
    '-s -w',
    `-X ${variable}.gitVersion=${VERSION.git}`,
    `-X ${variable}.gitMajor=${VERSION.major}`,
    `-X ${variable}.gitMinor=${VERSION.minor}`,
  ].join(' ');
  try {
    await runProgram('nice', ['go', 'build', '-trimpath', '-ldflags', flags, '-o', target, source], {
      cwd: recipe,
      environment: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
    });
  } catch (error) {
    if (
      error instanceof ProgramFailed &&
      /dial tcp|i\/o timeout|connection refused|no such host|403|407/.test(error.output)
    ) {
      throw new PartsMissing(`The Go modules of Kubernetes cannot be fetched: ${error.message}`);
    }
    throw error;
  }
}
