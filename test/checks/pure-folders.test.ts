import { ESLint } from 'eslint';
import { join } from 'node:path';
import tseslint from 'typescript-eslint';
import { describe, expect, test } from 'vitest';

const repository = join(import.meta.dirname, '..', '..');

// The rules of pure folders need no types; a file that is not on disk has none.
const eslint = new ESLint({
  cwd: repository,
  overrideConfigFile: join(repository, 'test/checks/eslint.config.js'),
  overrideConfig: [
    tseslint.configs.disableTypeChecked,
    { languageOptions: { parserOptions: { project: null } } },
  ],
});

async function complaints(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: join(repository, filePath) });
  return (result?.messages ?? []).map((message) => `${message.ruleId ?? 'error'}: ${message.message}`);
}

const impure = [
  ['a clock', 'export const now = Date.now();', 'take the time as a parameter'],
  ['a new date', 'export const now = new Date();', 'take the time as a parameter'],
  ['a stopwatch', 'export const now = performance.now();', 'take the time as a parameter'],
  ['a timer', 'setTimeout(() => 1, 5);', 'let the caller'],
  ['dice', 'export const x = Math.random();', 'take a seeded random stream'],
  ['crypto', 'export const x = crypto.randomUUID();', 'take a seeded random stream'],
  ['the process', "export const x = process.env['X'];", 'take the value as a parameter'],
  ['the network', "export const x = fetch('http://localhost');", 'take the value as a parameter'],
  ['a back door', 'export const now = globalThis.Date.now();', 'take the value as a parameter'],
] as const;

describe('a pure folder', () => {
  test.each(impure)('has no %s', async (_what, code, instead) => {
    for (const folder of ['farm', 'workload', 'control', 'policy', 'simulator']) {
      expect(await complaints(`shared/${folder}/seeded.ts`, code)).toContainEqual(
        expect.stringContaining(instead),
      );
    }
  });

  test('may compute', async () => {
    expect(await complaints('shared/farm/seeded.ts', 'export const x = Math.sqrt(2);')).toEqual([]);
  });

  test('is what the rule is for: shared/io has a clock', async () => {
    expect(await complaints('shared/io/seeded.ts', 'export const now = Date.now();')).toEqual([]);
  });
});
