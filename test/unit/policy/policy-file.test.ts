import { expect, test } from 'vitest';
import { InvalidModel } from '../../../shared/policy/learned-models.ts';
import { learnedPolicy } from '../../../shared/policy/learned-policy.ts';
import { decodePolicyFile, encodePolicyFile } from '../../../shared/policy/policy-file.ts';
import { networkPolicyFile } from '../../support/policy-files.ts';

const text = networkPolicyFile({
  stepSeconds: { trainedFor: 8, least: 4, most: 16 },
  stepLimit: 1,
  announced: true,
});

/** The policy of a file whose text was changed. */
function opened(from: string, to: string): () => unknown {
  return () => learnedPolicy(decodePolicyFile(text.replace(from, to)));
}

test('a file that was read is written as it was', () => {
  expect(encodePolicyFile(decodePolicyFile(text))).toBe(text);
  expect(learnedPolicy(decodePolicyFile(text)).name).toBe('small-network');
});

test.each([
  ['"formatVersion":1', '"formatVersion":2', /^formatVersion: expected 1; got 2/],
  ['"kind":"network"', '"kind":"oracle"', /^kind: /],
  ['"name":"small-network"', '"name":""', /^name: /],
  ['"dispatch":"triage"', '"dispatch":"random"', /^dispatch: /],
  ['"announced":true', '"announced":"yes"', /^announced: /],
  ['"stepLimit":1', '"stepLimit":0', /^stepLimit: /],
  ['"least":4', '"least":9', /^stepSeconds\.trainedFor: /],
  ['"scores":[]', '"scores":{}', /^scores: /],
  ['"scores":[]', '"scores":[],"extra":1', /^file\.extra: /],
  ['"command":"none"', '"__proto__":{}', /^provenance\.__proto__: /],
  ['"waitingWork"', '"hourOfDay"', /^observations\[0\]\.name: /],
  ['"low":0', '"low":1e999', /^observations\[0\]\.low: /],
  ['"low":0,"high":6', '"low":0,"high":0', /^observations\[0\]\.high: /],
  ['[[0.1],[0]]', '[[0.1,1],[0]]', /^model\.layers\[0\]\.weights\[0\]: expected 1 numbers/],
  ['[[0.1],[0]]', '[[null],[0]]', /^model\.layers\[0\]\.weights\[0\]\[0\]: /],
  ['[[0.1],[0]],"biases":[0,0]', '[[0.1]],"biases":[0]', /^model\.layers: expected a last layer of 2/],
  ['"activation":"linear"', '"activation":"step"', /^model\.layers\[0\]\.activation: /],
  ['"horizonSteps":3', '"horizonSteps":1000000', /^model\.outlook\.horizonSteps: /],
  ['"softness":1', '"softness":0', /^model\.prices\.softness: /],
  ['"kind":"target"', '"kind":"delta","deltas":[1]', /^actions\.kind: expected target/],
])('%s changed to %s is refused by the field', (from, to, message) => {
  expect(opened(from, to)).toThrow(InvalidModel);
  expect(opened(from, to)).toThrow(message);
});

test('what is no JSON, too long or too deep is refused', () => {
  expect(() => decodePolicyFile('{')).toThrow(/^file: expected JSON/);
  expect(() => decodePolicyFile(`"${'x'.repeat(16_000_000)}"`)).toThrow(/^file: expected at most/);
  expect(() => decodePolicyFile('['.repeat(100_000) + ']'.repeat(100_000))).toThrow(InvalidModel);
});
