import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FORWARD_PASS, tensorflowEngine } from '../../../autoscaler/engine.ts';
import { PolicyKeeper } from '../../../autoscaler/policy-keeper.ts';
import { policySource, versionOf } from '../../../autoscaler/policy-source.ts';
import type { FunctionContext, Logger } from '../../../template/farm-node22/contract.ts';
import { BAD_POLICY_FILES, networkPolicyFile, staticPolicy } from '../../support/policy-files.ts';

let folder: string;
let secret: string | undefined;
let lines: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'policies-'));
  secret = undefined;
  lines = [];
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const ignored = (): void => undefined;
const log: Logger = {
  debug: ignored,
  info: (_fields, message) => lines.push(message),
  warn: (_fields, message) => lines.push(message),
  error: ignored,
};

function keeperOf(label: string): PolicyKeeper {
  const context = { secret: () => secret, log } as unknown as FunctionContext;
  return new PolicyKeeper(policySource(label, folder, context), log);
}

function write(text: string): void {
  writeFileSync(join(folder, 'policy.json'), text);
}

describe('a policy file', () => {
  it('decides once it is verified, under its name and the hash of its content', async () => {
    write(staticPolicy(3));
    const keeper = keeperOf('policy.json');
    await keeper.look(FORWARD_PASS);
    expect(keeper.current).toMatchObject({ name: 'always-3', version: versionOf(staticPolicy(3)) });
    expect(keeper.current?.policy.begin().decide({} as never)).toBe(3);
    expect(keeper.refusal).toBeUndefined();
  });

  it('is taken again when its content has changed, also behind links as Kubernetes swaps them', async () => {
    for (const [name, workers] of [
      ['one', 1],
      ['two', 2],
    ] as const)
      writeFileSync(join(folder, name), staticPolicy(workers));
    symlinkSync(join(folder, 'one'), join(folder, 'policy.json'));
    const keeper = keeperOf('policy.json');
    await keeper.look(FORWARD_PASS);
    expect(keeper.current?.name).toBe('always-1');
    symlinkSync(join(folder, 'two'), join(folder, 'new'));
    renameSync(join(folder, 'new'), join(folder, 'policy.json'));
    await keeper.look(FORWARD_PASS);
    expect(keeper.current?.name).toBe('always-2');
  });

  it('may be a secret', async () => {
    secret = staticPolicy(4).trimEnd();
    const keeper = keeperOf('secret:policy');
    await keeper.look(FORWARD_PASS);
    expect(keeper.current).toMatchObject({ name: 'always-4', version: versionOf(staticPolicy(4)) });
    secret = undefined;
    await keeper.look(FORWARD_PASS);
    expect(keeper.current?.name).toBe('always-4');
    expect(keeper.refusal).toMatchObject({ field: 'file', source: 'secret:policy' });
  });

  it.each(BAD_POLICY_FILES)(
    '%s is refused by the field %s, said once, and the one before goes on',
    async (...bad) => {
      const [, field, text] = bad;
      write(staticPolicy(3));
      const keeper = keeperOf('policy.json');
      await keeper.look(FORWARD_PASS);
      write(text);
      await keeper.look(FORWARD_PASS);
      await keeper.look(FORWARD_PASS);
      expect(keeper.refusal?.field).toContain(field);
      expect(keeper.refusal?.version).toBe(versionOf(text));
      expect(keeper.refusal?.reason.length).toBeLessThan(1300);
      expect(keeper.refusal?.reason).not.toContain('s3cret');
      expect(keeper.current?.name).toBe('always-3');
      expect(lines.filter((line) => line.startsWith('policy refused'))).toHaveLength(1);
      write(staticPolicy(3));
      await keeper.look(FORWARD_PASS);
      expect(keeper.refusal).toBeUndefined();
    },
  );

  it('that is not there, or is a folder, is refused, and taken when it comes', async () => {
    const keeper = keeperOf('policy.json');
    await keeper.look(FORWARD_PASS);
    expect(keeper.refusal).toMatchObject({ field: 'file' });
    expect(keeper.current).toBeUndefined();
    const onFolder = keeperOf('.');
    await onFolder.look(FORWARD_PASS);
    expect(onFolder.refusal?.reason).toContain('is no file');
    write(staticPolicy(3));
    await keeper.look(FORWARD_PASS);
    expect(keeper.current?.name).toBe('always-3');
  });
});

describe('a network', () => {
  it('is run by the forward pass, by TensorFlow.js where that is there, and says which', async () => {
    write(networkPolicyFile());
    const keeper = keeperOf('policy.json');
    await keeper.look(FORWARD_PASS);
    expect(keeper.current?.engine).toBe('forward pass');
    const tensorflow = await tensorflowEngine();
    // Installed for development; whoever runs the farm may do without.
    if (tensorflow === undefined) return;
    await keeper.look(tensorflow);
    expect(keeper.current?.engine).toMatch(/^TensorFlow\.js \(\w+\)$/);
  });
});
