import { encodePolicyFile } from '../../shared/policy/policy-file.ts';
import type { PolicyFile } from '../../shared/policy/policy-file.ts';

/** A policy file that always asks for so many workers, on steps of any length. */
export function staticPolicy(workers: number, overrides: Partial<PolicyFile> = {}): string {
  return encodePolicyFile({
    format: 'farmhand-policy',
    formatVersion: 1,
    kind: 'static',
    name: `always-${String(workers)}`,
    stepSeconds: { trainedFor: 8, least: 0.001, most: 3600 },
    observations: [],
    actions: { kind: 'target' },
    stepLimit: 32,
    dispatch: 'triage',
    announced: false,
    model: { workers },
    provenance: { command: 'none' },
    scores: [],
    ...overrides,
  });
}

/** A network in a policy file, of one input and two outputs. */
export function networkPolicyFile(overrides: Partial<PolicyFile> = {}): string {
  return staticPolicy(0, {
    kind: 'network',
    name: 'small-network',
    observations: [{ name: 'waitingWork', unit: '√load', low: 0, high: 6 }],
    model: {
      outlook: {
        horizonSteps: 3,
        stepSeconds: 8,
        usualServiceSeconds: 1.5,
        usualServiceShare: 0,
        spreadSeconds: 0,
        firstLoadPerWorker: 0,
        slowShare: 0.5,
        peakShare: 0,
        meanShare: 0,
        usualLoad: 7,
        usualShare: 0,
      },
      prices: {
        safetyNow: 0.5,
        safetyLater: 0.5,
        softness: 1,
        shortagePrice: 4,
        changePrice: 0.5,
        backlogShare: 0.5,
        startSeconds: 5.5,
      },
      layers: [{ activation: 'linear', weights: [[0.1], [0]], biases: [0, 0] }],
    },
    ...overrides,
  });
}

/** Files that no autoscaler may run on, with the field that each is refused by. */
export const BAD_POLICY_FILES: readonly (readonly [why: string, field: string, text: string])[] = [
  ['truncated', 'file', staticPolicy(2).slice(0, 120)],
  ['of another version', 'formatVersion', staticPolicy(2).replace('"formatVersion":1', '"formatVersion":9')],
  [
    'of the wrong dimensions',
    'model.layers[0].weights[0]',
    networkPolicyFile().replace('[[0.1],[0]]', '[[0.1,0.2],[0,0]]'),
  ],
  [
    'that wants what nobody observes',
    'observations[0].name',
    staticPolicy(2, { observations: [{ name: 'hourOfDay', unit: 'h', low: 0, high: 24 }] }),
  ],
  ['of an endless name', 'name', staticPolicy(2, { name: 'n'.repeat(1_000_000) })],
  [
    'with a field of endless name',
    'x'.repeat(100),
    staticPolicy(2).replace('"name"', `"${'x'.repeat(1_000_000)}"`),
  ],
  ['that is a word', 'file', 'sup3rs3cret'],
  ['that is a text', 'file', '"sup3rs3cret"'],
  ['of endless depth', 'file', '['.repeat(50_000) + ']'.repeat(50_000)],
  ['of endlessly many numbers', 'format', `{"model":[${'0,'.repeat(7_900_000)}0]}`],
  ['of endlessly many objects', 'file', `{"model":[${'{},'.repeat(5_000_000)}0]}`],
  ['of endless length', 'file', `"${'x'.repeat(16_000_001)}"`],
  [
    'that reaches for the prototype',
    'provenance.__proto__',
    staticPolicy(2).replace('"command":"none"', '"__proto__":{"workers":99}'),
  ],
  [
    'whose network overflows',
    'model',
    networkPolicyFile()
      .replace('"biases":[0,0]', '"biases":[1e308,1e308]')
      .replace('[[0.1],[0]]', '[[1e308],[1e308]]'),
  ],
];
