import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { Secrets, UnreadableSecret } from '../../../template/farm-node22/secrets.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a secret is read anew at every call, without its trailing newline', () => {
  const secrets = new Secrets(folder);
  expect(secrets.read('token')).toBeUndefined();
  writeFileSync(join(folder, 'token'), ' first \r\n\n');
  expect(secrets.read('token')).toBe(' first ');
  writeFileSync(join(folder, 'token'), 'second');
  expect(secrets.read('token')).toBe('second');
});

test('an empty file is no secret', () => {
  writeFileSync(join(folder, 'token'), '\n');
  expect(new Secrets(folder).read('token')).toBeUndefined();
});

test('a name cannot lead out of the folder', () => {
  for (const name of ['../token', 'a/b', '', '.', '..', 'a\0b']) {
    expect(() => new Secrets(folder).read(name), name).toThrow(RangeError);
  }
});

test('what is there but cannot be read is an error, not an absent secret', () => {
  mkdirSync(join(folder, 'token'));
  expect(() => new Secrets(folder).read('token')).toThrow(UnreadableSecret);
});

test('values that were handed out are blotted out of a log line, also where JSON escapes them', () => {
  const secrets = new Secrets(folder);
  writeFileSync(join(folder, 'token'), 'pass"word\\1');
  secrets.read('token');
  expect(secrets.blotOut(JSON.stringify({ url: 'redis://:pass"word\\1@host' }))).toBe(
    '{"url":"redis://:[secret]@host"}',
  );
});

test('a secret that was read once stays blotted out, however often another one is rotated', () => {
  const secrets = new Secrets(folder);
  writeFileSync(join(folder, 'password'), 'of-the-database');
  secrets.read('password');
  for (let version = 0; version < 100; version += 1) {
    writeFileSync(join(folder, 'token'), `token-${String(version)}`);
    secrets.read('token');
  }
  expect(secrets.blotOut('of-the-database token-96 token-99')).toBe('[secret] [secret] [secret]');
});
