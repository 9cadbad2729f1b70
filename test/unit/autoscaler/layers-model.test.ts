import { describe, expect, it } from 'vitest';
import { FORWARD_PASS, tensorflowEngine } from '../../../autoscaler/engine.ts';
import { PolicyKeeper } from '../../../autoscaler/policy-keeper.ts';
import { loadTensorflow } from '../../../autoscaler/tensorflow.ts';
import { verifiedPolicy } from '../../../autoscaler/usable-policy.ts';
import { farmhandObservation } from '../../../shared/policy/farmhand-observation.ts';
import { InvalidModel } from '../../../shared/policy/learned-models.ts';
import { BAD_POLICY_FILES, networkPolicyFile, staticPolicy } from '../../support/policy-files.ts';

const tensorflow = await loadTensorflow();
const engine = await tensorflowEngine();

const observations = farmhandObservation(32).quantities.map(({ name, unit, low, high }) => ({
  name,
  unit,
  low,
  high,
}));

interface Saved {
  readonly topology: unknown;
  readonly weightSpecs: unknown;
  readonly weights: string;
}

/** A layers model whose last action is always worth most, as TensorFlow.js saves it. */
async function savedModel(actions: number, inputs = observations.length): Promise<Saved> {
  if (tensorflow === undefined) throw new Error('Expected TensorFlow.js to be installed for development.');
  const { tf } = tensorflow;
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 4, activation: 'relu', inputShape: [inputs] }));
  model.add(tf.layers.dense({ units: actions, kernelInitializer: 'zeros' }));
  const bias = tf.tensor1d(Array.from({ length: actions }, (_, action) => action));
  const last = model.layers[1];
  last?.setWeights([last.getWeights()[0] ?? bias, bias]);
  let saved: Saved | undefined;
  const keep = tf.io.withSaveHandler(({ modelTopology, weightSpecs, weightData }) => {
    const data = Array.isArray(weightData) ? new ArrayBuffer(0) : (weightData ?? new ArrayBuffer(0));
    saved = { topology: modelTopology, weightSpecs, weights: Buffer.from(data).toString('base64') };
    return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
  });
  await model.save(keep);
  if (saved === undefined) throw new Error('Expected TensorFlow.js to save the model.');
  return saved;
}

function fileOf(model: unknown, deltas: readonly number[] = [-1, 0, 2]): string {
  const actions = { kind: 'delta', deltas } as const;
  return staticPolicy(0, { kind: 'layers-model', name: 'layered', observations, actions, model });
}

describe('a layers model', () => {
  it('is refused by name where TensorFlow.js is not there', async () => {
    await expect(verifiedPolicy(fileOf({}), FORWARD_PASS.begin())).rejects.toThrow(/^kind: .*TensorFlow\.js/);
  });
});

describe.skipIf(engine === undefined)('a layers model on TensorFlow.js', () => {
  const verify = (text: string): ReturnType<typeof verifiedPolicy> =>
    verifiedPolicy(text, (engine ?? FORWARD_PASS).begin());

  it('decides by the action that it values most', async () => {
    const usable = await verify(fileOf(await savedModel(3)));
    expect(usable).toMatchObject({ name: 'layered', kind: 'layers-model', engine: engine?.name });
    const seen = { workers: 5, waitingTasks: 3, collectedTasks: 0, answeredTasks: 0, waitingWorkSeconds: 4 };
    const wanted = usable.policy
      .begin()
      .decide({ ...seen, lostWaiting: 0, startingWorkers: 0, busyWorkers: 5 });
    expect(wanted).toBe(7);
  });

  it.each([
    ['of another number of actions', /^model: expected 3 outputs/, async () => savedModel(2)],
    ['of other dimensions', /.*/, async () => savedModel(3, 4)],
    [
      'without all of its weights',
      /^model\.weights: expected \d+ bytes/,
      async () => ({ ...(await savedModel(3)), weights: 'AAAA' }),
    ],
    [
      'whose weights are not those of its layers',
      /^model: expected a layers model that TensorFlow\.js can load/,
      async () => ({ ...(await savedModel(3)), weightSpecs: [], weights: '' }),
    ],
    [
      'that is endlessly large',
      /^model\.topology\.config\.layers\[0\]\.config\.units: expected at most 1024/,
      async () => changed(await savedModel(3), '"units":4', '"units":100000000'),
    ],
    [
      'that is endlessly large under another name',
      /^model\.topology\.config\.layers\[0\]\.config\.input_dim: expected at most 1024/,
      async () => changed(await savedModel(3), '"units":4', '"units":4,"input_dim":100000000'),
    ],
    [
      'that is endlessly large under a name in another spelling',
      /^model\.topology\.config\.layers\[0\]\.config\.batchInputShape: /,
      async () => changed(await savedModel(3), '"units":4', '"units":4,"batchInputShape":[null,1000]'),
    ],
    [
      'that names a layer twice',
      /^model\.topology\.config\.layers\[0\]\.className: /,
      async () =>
        changed(await savedModel(3), '"class_name":"Dense"', '"class_name":"Dense","className":"Embedding"'),
    ],
    [
      'of endlessly many sides',
      /^model\.topology\.config\.layers\[0\]\.config\.batch_input_shape: expected at most 2 entries/,
      async () =>
        changed(await savedModel(3), /"batch_input_shape":[^\]]*/, '"batch_input_shape":[null,9,1024,1024'),
    ],
    [
      'that adds up to too much',
      /^model\.topology: expected at most 4096 units in all/,
      async () =>
        changed(
          await savedModel(3),
          '"layers":[',
          `"layers":[${'{"class_name":"Dense","config":{"units":1024}},'.repeat(4)}`,
        ),
    ],
    [
      'with a layer of its own',
      /^model\.topology\.config\.layers\[1\]\.class_name: /,
      async () =>
        changed(
          await savedModel(3),
          /"class_name":"Dense"(?!.*"class_name":"Dense")/,
          '"class_name":"Lambda"',
        ),
    ],
    [
      'with what does not belong there',
      /^model\.more: /,
      async () => ({ ...(await savedModel(3)), more: 1 }),
    ],
  ] as const)('%s is refused', async (_what, message, model) => {
    await expect(verify(fileOf(await model()))).rejects.toThrow(message);
  });

  it('whose weights are no numbers is refused', async () => {
    const model = await savedModel(3);
    const data = new Float32Array(Buffer.from(model.weights, 'base64').byteLength / 4).fill(Number.NaN);
    const weights = Buffer.from(data.buffer).toString('base64');
    await expect(verify(fileOf({ ...model, weights }))).rejects.toThrow(InvalidModel);
  });
});

describe.skipIf(engine === undefined)('TensorFlow.js', () => {
  it('holds nothing of policies that were replaced or refused', async () => {
    const ignored = (): void => undefined;
    const log = { debug: ignored, info: ignored, warn: ignored, error: ignored };
    const texts = [fileOf(await savedModel(3)), networkPolicyFile()];
    const bad = BAD_POLICY_FILES.map(([, , text]) => text);
    let text = texts[0] ?? '';
    const keeper = new PolicyKeeper({ label: 'policy', read: () => Promise.resolve(text) }, log);
    const tensorsWith = async (next: string): Promise<number | undefined> => {
      text = next;
      await keeper.look(engine ?? FORWARD_PASS);
      return tensorflow?.tf.memory().numTensors;
    };
    const before = [await tensorsWith(texts[0] ?? ''), await tensorsWith(texts[1] ?? '')];
    for (let swap = 0; swap < 20; swap += 1) {
      expect(await tensorsWith(texts[swap % 2] ?? '')).toBe(before[swap % 2]);
      expect(keeper.refusal).toBeUndefined();
    }
    for (const each of bad) expect(await tensorsWith(each)).toBe(before[1]);
  });
});

function changed(model: Saved, from: string | RegExp, to: string): unknown {
  return { ...model, topology: JSON.parse(JSON.stringify(model.topology).replace(from, to)) };
}
