import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FORWARD_PASS } from '../../../autoscaler/engine.ts';
import { verifiedPolicy } from '../../../autoscaler/usable-policy.ts';
import { policyDescription } from '../../../cli/laboratory/policy-description.ts';
import { decodePolicyFile } from '../../../shared/policy/policy-file.ts';

async function described(name: string): Promise<readonly string[]> {
  const folder = join(import.meta.dirname, '..', '..', '..', 'autoscaler', 'policies');
  const text = readFileSync(join(folder, `${name}.json`), 'utf8');
  const rows = policyDescription(decodePolicyFile(text), await verifiedPolicy(text, FORWARD_PASS.begin()));
  return rows.map((row) => row.join(': '));
}

test('a policy file is described by what it observes, what it may do, and where it comes from', async () => {
  const lines = await described('dqn');
  expect(lines).toContain('kind: dqn, run by forward pass');
  expect(lines).toContain('actions: -1, 0, +1, at most 1 a step');
  expect(lines).toContain('trained for: fifo order, the load not announced');
  expect(lines).toContain('observes: phasesLeft, phases, 0 to 3');
  expect(lines.find((line) => line.startsWith('comes from'))).toContain('farmhand train dqn');
  expect(lines.find((line) => line.startsWith('scores'))).toContain('qosPercent');
});

test('a rule is described without an engine, by its constants', async () => {
  const lines = await described('staffing-local');
  expect(lines).toContain('kind: staffing');
  expect(lines.find((line) => line.startsWith('model'))).toContain('safety 1');
});
