import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { checkArchitecture } from './architecture.ts';
import { rules } from './dependencies.js';

type Tree = Readonly<Record<string, string>>;

const leaf = 'export const value = 1;\n';

/** A small repository with the layout of the real one, in which every file keeps every rule. */
const cleanTree: Tree = {
  'package.json': JSON.stringify({
    type: 'module',
    dependencies: {
      ioredis: '*',
      sharp: '*',
      express: '*',
      '@kubernetes/client-node': '*',
      '@tensorflow/tfjs': '*',
    },
    devDependencies: { bullmq: '*' },
  }),
  ...installed('ioredis', 'sharp', 'express', '@kubernetes/client-node', '@tensorflow/tfjs', 'bullmq'),
  'template/farm-node22/index.ts': importing('express', './context.ts', 'node:http'),
  'template/farm-node22/context.ts': 'export interface Context { name: string }\n' + leaf,
  'shared/farm/task.ts': leaf,
  'shared/farm/qos.ts': importing('./task.ts'),
  'shared/workload/phases.ts': importing('../farm/task.ts'),
  'shared/control/observation.ts': importing('../farm/task.ts'),
  'shared/policy/staffing.ts': importing('../control/observation.ts', '../farm/task.ts'),
  'shared/simulator/farm.ts': importing('../workload/phases.ts', '../farm/task.ts'),
  'shared/io/queue.ts': importing('ioredis', '../farm/task.ts', 'node:fs'),
  'emitter/handler.ts': `import type { Context } from '../template/farm-node22/context.ts';\nexport type C = Context;\n${importing('../shared/io/queue.ts', '../shared/workload/phases.ts')}`,
  'worker/handler.ts': importing('../shared/io/queue.ts', './tasks/image.ts'),
  'worker/tasks/image.ts': importing('sharp'),
  'collector/handler.ts': importing('../shared/io/queue.ts'),
  'autoscaler/handler.ts': importing(
    './kubernetes-client.ts',
    './tensorflow.ts',
    '../shared/policy/staffing.ts',
  ),
  'autoscaler/kubernetes-client.ts': importing('@kubernetes/client-node'),
  'autoscaler/tensorflow.ts': importing('@tensorflow/tfjs'),
  'autoscaler/training/environment.ts': importing(
    '../../shared/simulator/farm.ts',
    '../handler.ts',
    '@tensorflow/tfjs',
  ),
  'cli/farmhand.js': importing('./setup/packages.js', 'node:path'),
  'cli/setup/packages.js': importing('node:fs'),
  'cli/main.ts': importing(
    './sample-images.ts',
    '../autoscaler/training/environment.ts',
    './setup/packages.js',
  ),
  'cli/sample-images.ts': importing('sharp'),
  'test/unit/queue.test.ts': importing('../../shared/io/queue.ts', 'ioredis', 'bullmq', '../../cli/main.ts'),
};

type Violating = readonly [rule: string, from: string, to: string, broken: Tree];

/** For each rule: an import that breaks it, and the file that holds that import. */
const violations: readonly Violating[] = [
  breaking('farm-is-pure', 'shared/farm/qos.ts', 'node:fs', 'fs'),
  breaking('farm-is-pure', 'shared/farm/qos.ts', '../workload/phases.ts', 'shared/workload/phases.ts'),
  breaking('farm-is-pure', 'shared/farm/qos.ts', 'express', 'node_modules/express/index.js'),
  breaking(
    'workload-is-pure',
    'shared/workload/phases.ts',
    '../control/observation.ts',
    'shared/control/observation.ts',
  ),
  breaking(
    'control-is-pure',
    'shared/control/observation.ts',
    '../policy/staffing.ts',
    'shared/policy/staffing.ts',
  ),
  breaking(
    'policy-is-pure',
    'shared/policy/staffing.ts',
    '../workload/phases.ts',
    'shared/workload/phases.ts',
  ),
  breaking(
    'simulator-is-pure',
    'shared/simulator/farm.ts',
    '../policy/staffing.ts',
    'shared/policy/staffing.ts',
  ),
  breaking(
    'io-knows-only-the-farm',
    'shared/io/queue.ts',
    '../control/observation.ts',
    'shared/control/observation.ts',
  ),
  breaking('functions-stay-apart', 'worker/handler.ts', '../emitter/handler.ts', 'emitter/handler.ts'),
  breaking(
    'shared-imports-no-program',
    'shared/io/queue.ts',
    '../../worker/tasks/image.ts',
    'worker/tasks/image.ts',
  ),
  breaking(
    'nobody-imports-training',
    'autoscaler/tensorflow.ts',
    './training/environment.ts',
    'autoscaler/training/environment.ts',
  ),
  breaking(
    'nobody-imports-the-command',
    'autoscaler/training/environment.ts',
    '../../cli/sample-images.ts',
    'cli/sample-images.ts',
  ),
  breaking(
    'live-code-never-simulates',
    'autoscaler/handler.ts',
    '../shared/simulator/farm.ts',
    'shared/simulator/farm.ts',
  ),
  breaking(
    'template-stands-alone',
    'template/farm-node22/context.ts',
    '../../shared/farm/task.ts',
    'shared/farm/task.ts',
  ),
  breaking(
    'functions-take-only-types-from-the-template',
    'emitter/handler.ts',
    '../template/farm-node22/context.ts',
    'template/farm-node22/context.ts',
  ),
  breaking('set-up-needs-nothing', 'cli/setup/packages.js', 'express', 'node_modules/express/index.js'),
  breaking('one-door-to-ioredis', 'emitter/handler.ts', 'ioredis', 'node_modules/ioredis/index.js'),
  breaking(
    'one-door-to-kubernetes',
    'autoscaler/handler.ts',
    '@kubernetes/client-node',
    'node_modules/@kubernetes/client-node/index.js',
  ),
  breaking('one-door-to-sharp', 'worker/handler.ts', 'sharp', 'node_modules/sharp/index.js'),
  breaking(
    'one-door-to-tensorflow',
    'autoscaler/handler.ts',
    '@tensorflow/tfjs',
    'node_modules/@tensorflow/tfjs/index.js',
  ),
  // A cycle is reported once, from the file where the search enters it.
  [
    'no-cycles',
    'shared/farm/qos.ts',
    'shared/farm/task.ts',
    { 'shared/farm/task.ts': importing('./qos.ts') },
  ],
  breaking(
    'only-tests-import-tests',
    'collector/handler.ts',
    '../test/unit/queue.test.ts',
    'test/unit/queue.test.ts',
  ),
  breaking(
    'ships-without-development-packages',
    'worker/handler.ts',
    'bullmq',
    'node_modules/bullmq/index.js',
  ),
  breaking('imports-exist', 'worker/handler.ts', './work-loop.ts', './work-loop.ts'),
  ['no-orphans', 'shared/farm/forgotten.ts', '', { 'shared/farm/forgotten.ts': leaf }],
];

const trees: string[] = [];

afterEach(async () => {
  for (const tree of trees.splice(0)) await rm(tree, { recursive: true, force: true });
});

describe('the architecture check', () => {
  test('finds nothing in a tree that keeps every rule', async () => {
    const { violations: found, moduleCount } = await checkArchitecture(await plant(cleanTree));
    expect(found).toEqual([]);
    expect(moduleCount).toBeGreaterThan(20);
  });

  test.each(violations)('catches what breaks %s: %s → %s', async (rule, from, to, broken) => {
    const { violations: found } = await checkArchitecture(await plant({ ...cleanTree, ...broken }));
    const hit = found.find((each) => each.rule === rule && each.from === from && each.to.includes(to));
    expect(hit, JSON.stringify(found, undefined, 2)).toBeDefined();
    expect(hit?.instead.length).toBeGreaterThan(40);
  });

  test('seeds a violation of every rule there is', () => {
    expect(new Set(violations.map(([rule]) => rule))).toEqual(new Set(rules.map((rule) => rule.name)));
  });
});

async function plant(tree: Tree): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'farmhand-architecture-'));
  trees.push(folder);
  for (const [path, content] of Object.entries(tree)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

function importing(...specifiers: string[]): string {
  return specifiers.map((specifier) => `import '${specifier}';\n`).join('') + leaf;
}

function breaking(rule: string, from: string, specifier: string, to: string): Violating {
  return [
    rule,
    from,
    to,
    {
      [from]: `${cleanTree[from] ?? ''}import '${specifier}';
`,
    },
  ];
}

function installed(...packages: string[]): Tree {
  return Object.fromEntries(
    packages.flatMap((name) => [
      [
        `node_modules/${name}/package.json`,
        JSON.stringify({ name, version: '1.0.0', type: 'module', main: 'index.js' }),
      ],
      [`node_modules/${name}/index.js`, leaf],
    ]),
  );
}
