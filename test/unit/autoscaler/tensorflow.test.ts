import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { loadTensorflow } from '../../../autoscaler/tensorflow.ts';

/** A package of that content. */
function packageOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, 'index.mjs'), text);
  return pathToFileURL(join(folder, 'index.mjs')).href;
}

async function tried(packages: readonly string[]): Promise<readonly (readonly [string, string])[]> {
  const unusable: (readonly [string, string])[] = [];
  const loaded = await loadTensorflow(packages, (name, error) => unusable.push([name, String(error)]));
  expect(loaded).toBeUndefined();
  return unusable;
}

it('a package that is not installed is left out without a word', async () => {
  expect(await tried(['@tensorflow/tfjs-not-there', '@tensorflow/neither'])).toEqual([]);
});

it('one whose native library does not load is told of', async () => {
  const broken = packageOf(`throw new Error('libtensorflow.so.2: cannot open shared object file');`);
  expect(await tried([broken])).toEqual([[broken, expect.stringContaining('libtensorflow.so.2')]]);
});

it('so is one that lacks what it needs', async () => {
  const broken = packageOf(`import '@tensorflow/tfjs-not-there';`);
  expect(await tried([broken])).toEqual([[broken, expect.stringContaining('tfjs-not-there')]]);
});

it('where the first does not load, the next one is taken', async () => {
  const broken = packageOf(`throw new Error('no library');`);
  const plain = packageOf(
    `export const enableProdMode = () => {}, ready = async () => {}, getBackend = () => 'cpu';`,
  );
  expect(await loadTensorflow([broken, plain])).toMatchObject({ backend: 'cpu' });
});
