import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inputFiles } from '../../../cli/input-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'input-files-'));

beforeAll(() => {
  mkdirSync(join(folder, 'inner'));
  for (const name of ['b.PNG', 'a.jpg', 'notes.txt', 'inner/c.webp']) writeFileSync(join(folder, name), '');
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('a folder stands for the pictures in it and below it, in order', () => {
  expect(inputFiles([folder]).map(({ name }) => name)).toEqual(['a.jpg', 'b.PNG', join('inner', 'c.webp')]);
});

test('for a task type of its own, a folder stands for all its files', () => {
  expect(inputFiles([folder], 'word-count').map(({ name }) => name)).toEqual([
    'a.jpg',
    'b.PNG',
    join('inner', 'c.webp'),
    'notes.txt',
  ]);
});

test('a file that is named itself is taken whatever its name, and once', () => {
  const notes = join(folder, 'notes.txt');
  expect(inputFiles([notes, notes])).toEqual([{ path: notes, name: 'notes.txt' }]);
});

test('files of one name from two folders do not share their outputs', () => {
  writeFileSync(join(folder, 'inner', 'a.jpg'), '');
  const named = inputFiles([join(folder, 'a.jpg'), join(folder, 'inner', 'a.jpg')]);
  rmSync(join(folder, 'inner', 'a.jpg'));
  expect(named.map(({ name }) => name)).toEqual(['a.jpg', 'a.jpg-2']);
});

test('a path that leads nowhere, and a folder without pictures, are wrong usage', () => {
  expect(() => inputFiles([join(folder, 'absent.jpg')])).toThrow(/no file or folder/);
  mkdirSync(join(folder, 'empty'));
  expect(() => inputFiles([join(folder, 'empty')])).toThrow(/No pictures/);
});
