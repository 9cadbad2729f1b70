import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUSY, QUIET } from '../../../autoscaler/trial-observations.ts';
import { learnedPolicy } from '../../../shared/policy/learned-policy.ts';
import { decodePolicyFile, encodePolicyFile } from '../../../shared/policy/policy-file.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'autoscaler', 'policies');

const busy = { ...BUSY, phasesLeft: 2 };

describe.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('the shipped %s', (name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  const file = decodePolicyFile(text);

  it('is written as it was read', () => {
    expect(encodePolicyFile(file).trimEnd()).toBe(text.trimEnd());
  });

  it('asks for a whole number of workers, the same for the same observation', () => {
    const policy = learnedPolicy(file);
    const announcedRatePerSecond = Array.from({ length: 60 }, (_, ahead) => 4 + Math.sin(ahead / 9));
    for (const seen of [busy, ...(file.announced ? [{ ...busy, announcedRatePerSecond }] : [])]) {
      const wanted = policy.begin().decide(seen);
      expect(Number.isInteger(wanted)).toBe(true);
      expect(policy.begin().decide(seen)).toBe(wanted);
    }
  });

  it('bears a farm of which nothing is known yet', () => {
    expect(() => learnedPolicy(file).begin().decide(QUIET)).not.toThrow();
  });
});
