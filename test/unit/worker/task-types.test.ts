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

test('a task type is a file that exports work, by a plain name', () => {
  expect(types.names).toEqual(['good-1']);
  expect(types.find('good-1')).toBeTypeOf('function');
});

test.each(['helper', 'Upper', 'good-1.test', '../good-1', '', '__proto__', 'constructor'])(
  'the type "%s" is invalid input, and the types that there are are named',
  (type) => {
    expect(() => types.find(type)).toThrow(expect.objectContaining({ name: 'InvalidInput' }) as Error);
    expect(() => types.find(type)).toThrow('there are: good-1');
  },
);

test('a file that cannot be loaded fails its own tasks only, and may be tried elsewhere', () => {
  expect(types.broken).toEqual({ bad: 'no such package' });
  expect(() => types.find('bad')).toThrow(expect.objectContaining({ name: 'BrokenTaskType' }) as Error);
});
