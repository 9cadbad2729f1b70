import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TaskTypes } from '../../../worker/task-types.ts';

let folder: string;
let types: TaskTypes;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'task-types-'));
  const write = (name: string, source: string): void => {
    writeFileSync(join(folder, name), source);
  };
  write('good-1.ts', 'export const work = () => undefined;');
  write('helper.ts', 'export const help = 1;');
  write('Upper.ts', 'export const work = () => undefined;');
  write('good-1.test.ts', 'export const work = () => undefined;');
  write('bad.ts', 'throw new Error("no such package");');
  types = await TaskTypes.load(folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('a task type is a file that exports work, by a plain name', async () => {
  expect(types.names).toEqual(['good-1']);
  expect(await types.find('good-1')).toBeTypeOf('function');
});

test.each(['helper', 'Upper', 'good-1.test', '../good-1', '', '__proto__', 'constructor'])(
  'the type "%s" is invalid input, and the types that there are are named',
  async (type) => {
    await expect(types.find(type)).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidInput' }) as Error,
    );
    await expect(types.find(type)).rejects.toThrow('there are: good-1');
  },
);

test('a file that cannot be loaded fails its own tasks only, and may be tried elsewhere', async () => {
  expect(types.broken).toEqual({ bad: 'no such package' });
  await expect(types.find('bad')).rejects.toThrow(
    expect.objectContaining({ name: 'BrokenTaskType' }) as Error,
  );
});

test('a file that is written while the farm runs is found when a task asks for it', async () => {
  const ownFolder = mkdtempSync(join(tmpdir(), 'task-types-late-'));
  const running = await TaskTypes.load(ownFolder);
  await expect(running.find('late')).rejects.toThrow('there are: none');
  writeFileSync(join(ownFolder, 'late.ts'), 'export const work = () => undefined;');
  expect(await running.find('late')).toBeTypeOf('function');
  expect(running.names).toEqual(['late']);
  rmSync(ownFolder, { recursive: true });
});
