import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { layOutBuildContext } from '../../../cli/cluster/build-context.ts';
import { readStackFile } from '../../../cli/cluster/stack-file.ts';

let project = '';

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'context-'));
  write('template/small/Dockerfile', 'FROM scratch');
  write('template/small/.dockerignore', 'x');
  write('template/small/function/handler.ts', 'the sample');
  write('template/small/function/handler.test.ts', 'its test');
  write('one/handler.ts', 'mine');
  write('one/build/left-out.ts', '');
  write('one/template/left-out.ts', '');
  write('one/deep/build/kept.ts', '');
  write('common/part/text.ts', 'shared');
});

afterEach(() => {
  rmSync(project, { recursive: true, force: true });
});

function write(file: string, text: string): void {
  mkdirSync(dirname(join(project, file)), { recursive: true });
  writeFileSync(join(project, file), text);
}

function layOut(copy: string): string {
  const stack = readStackFile(
    'version: 1.0\nprovider: {name: openfaas, gateway: http://127.0.0.1}\n' +
      `functions: {one: {lang: small, handler: ./one, image: one:1}}\nconfiguration: {copy: [${copy}]}`,
    {},
  );
  return layOutBuildContext(stack, 'one', { project, output: join(project, 'build') });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

test('the template comes first, the handler over its function/, and copied paths below that', () => {
  const context = layOut('./common/part');
  expect(filesBelow(context)).toEqual([
    '.dockerignore',
    'Dockerfile',
    'function/common/part/text.ts',
    'function/deep/build/kept.ts',
    'function/handler.test.ts',
    'function/handler.ts',
  ]);
  expect(readFileSync(join(context, 'function', 'handler.ts'), 'utf8')).toBe('mine');
});

test('a context is made anew, and only its owner may enter', () => {
  const context = layOut('./common');
  writeFileSync(join(context, 'function', 'stale.ts'), '');
  layOut('./common');
  expect(filesBelow(context)).not.toContain('function/stale.ts');
  expect(statSync(join(context, 'function')).mode & 0o777).toBe(0o700);
});

test('what a link leads to is copied, not the link', () => {
  symlinkSync(join(project, 'common'), join(project, 'one', 'linked'));
  expect(filesBelow(layOut('./common'))).toContain('function/linked/part/text.ts');
});

test.each(['.', '..', '../elsewhere', '/etc/hostname'])('the path %s is not copied', (path) => {
  expect(() => layOut(path)).toThrow('Expected a path below the folder of the stack file');
});

test('a path that is not there is an error', () => {
  expect(() => layOut('./nothing')).toThrow('nothing');
});
