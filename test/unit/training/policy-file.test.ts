import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPolicyFile } from '../../../autoscaler/training/comparison/policy-file.ts';

const shipped = 'autoscaler/policies/sarsa.json';

/** The shipped file with some of it changed. */
function changed(overrides: Readonly<Record<string, unknown>>): string {
  const file = join(mkdtempSync(join(tmpdir(), 'policy-')), 'policy.json');
  const content = JSON.parse(readFileSync(shipped, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...content, ...overrides }));
  return file;
}

describe('a policy file in a comparison', () => {
  it('is read where it is whole', () => {
    expect(readPolicyFile(shipped).kind).toBe('sarsa');
  });

  it('is refused by the field that makes no sense', () => {
    expect(() => readPolicyFile(changed({ formatVersion: 2 }))).toThrow(/formatVersion/);
    expect(() => readPolicyFile(changed({ kind: 'oracle' }))).toThrow(/kind/);
    expect(() => readPolicyFile(changed({ model: { cuts: [] } }))).toThrow(/model/);
    expect(() => readPolicyFile('no-such-file.json')).toThrow(/no-such-file\.json: expected a JSON file/);
  });
});
