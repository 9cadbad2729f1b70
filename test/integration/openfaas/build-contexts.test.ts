import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layOutBuildContext } from '../../../cli/cluster/build-context.ts';
import { readStackFile } from '../../../cli/cluster/stack-file.ts';
import type { StackFile } from '../../../cli/cluster/stack-file.ts';
import { layOutImage } from '../../support/image-folder.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { TemplateProcess } from '../../support/template-process.ts';

const repository = join(import.meta.dirname, '..', '..', '..');
const NAMES = ['emitter', 'worker', 'collector', 'autoscaler'];

let folder = '';
let project = '';
let stack: StackFile;
let redis: PrivateRedis;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'contexts-'));
  project = join(folder, 'project');
  mkdirSync(project);
  // A copy, so that all tests see the same files.
  for (const path of ['stack.yml', 'template', 'shared', ...NAMES]) {
    cpSync(join(repository, path), join(project, path), { recursive: true });
  }
  stack = readStackFile(readFileSync(join(project, 'stack.yml'), 'utf8'), {});
  redis = await PrivateRedis.start({ password: 'of-the-test' });
});

afterAll(async () => {
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
});

test.each(NAMES)('the %s starts from its build context, with its own packages only', async (name) => {
  const context = layOutBuildContext(stack, name, { project, output: join(folder, 'contexts') });
  const image = layOutImage(context, join(folder, 'home', name));
  const started = new TemplateProcess({
    runtime: image.runtime,
    handler: { file: image.handler },
    env: { ...stack.functions[name]?.environment, REDIS_URL: redis.url },
    secrets: { 'farmhand-token': 'token-of-the-test', 'farmhand-redis-password': 'of-the-test' },
  });
  try {
    await started.listening();
    expect(await healthWithRedis(started)).toMatchObject({ name, state: 'running' });
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
  } finally {
    await started.dispose();
  }
});

/** The answer of /_/health once Redis is there; it is 200 before as well. */
async function healthWithRedis(started: TemplateProcess): Promise<Readonly<Record<string, unknown>>> {
  for (;;) {
    const { status, text } = await started.call('/_/health');
    expect(status).toBe(200);
    const body = JSON.parse(text) as { readonly dependencies: { readonly redis?: { readonly ok: boolean } } };
    if (body.dependencies.redis?.ok === true) return { ...body };
  }
}

const faasCli = findFaasCli();
const unlessThere = faasCli === undefined ? ' (skipped: no faas-cli on the PATH, and no FAAS_CLI)' : '';

test.skipIf(faasCli === undefined)(`faas-cli lays out the same contexts${unlessThere}`, () => {
  const parameters = ['build', '--shrinkwrap', '--disable-stack-pull', '-f', 'stack.yml'];
  execFileSync(faasCli ?? '', parameters, { cwd: project, stdio: 'pipe', env: { ...process.env, CI: '' } });
  for (const name of NAMES) {
    const ours = layOutBuildContext(stack, name, { project, output: join(folder, 'compared') });
    expect(contentOf(ours)).toEqual(contentOf(join(project, 'build', name)));
  }
});

function findFaasCli(): string | undefined {
  const chosen = process.env['FAAS_CLI'];
  if (chosen !== undefined && chosen !== '') return chosen;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((each) => join(each, 'faas-cli')).find((file) => existsSync(file));
}

/** Path, mode and content of everything below. */
function contentOf(top: string): string[] {
  return readdirSync(top, { recursive: true, encoding: 'utf8' })
    .map((path) => {
      const file = join(top, path);
      const status = statSync(file);
      const hash = status.isFile() ? createHash('sha256').update(readFileSync(file)).digest('hex') : '';
      return `${path} ${(status.mode & 0o777).toString(8)} ${hash}`;
    })
    .toSorted();
}
