import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { AUTOSCALER_SETTINGS_SHAPE } from '../../../autoscaler/settings.ts';
import { readStackFile } from '../../../cli/cluster/stack-file.ts';
import type { StackFunction } from '../../../cli/cluster/stack-file.ts';
import { COLLECTOR_SETTINGS_SHAPE } from '../../../collector/settings.ts';
import { EMITTER_SETTINGS_SHAPE } from '../../../emitter/settings.ts';
import { FARM_SETTINGS_SHAPE } from '../../../shared/io/farm-settings.ts';
import { readSettings } from '../../../shared/io/settings.ts';
import { SETTINGS, readSettings as readTemplateSettings } from '../../../template/farm-node22/settings.ts';
import { WORKER_SETTINGS_SHAPE } from '../../../worker/settings.ts';

const repository = join(import.meta.dirname, '..', '..', '..');
const text = readFileSync(join(repository, 'stack.yml'), 'utf8');
const stack = readStackFile(text, {});

const SHAPES: Readonly<Record<string, z.ZodRawShape>> = {
  autoscaler: { ...FARM_SETTINGS_SHAPE, ...AUTOSCALER_SETTINGS_SHAPE },
  collector: { ...FARM_SETTINGS_SHAPE, ...COLLECTOR_SETTINGS_SHAPE },
  emitter: { ...FARM_SETTINGS_SHAPE, ...EMITTER_SETTINGS_SHAPE },
  worker: { ...FARM_SETTINGS_SHAPE, ...WORKER_SETTINGS_SHAPE },
};

/** Read by no program of the farm. */
const OTHERS: ReadonlySet<string> = new Set([
  // The C library: how it gives memory back.
  'MALLOC_ARENA_MAX',
  'MALLOC_MMAP_THRESHOLD_',
  'MALLOC_TRIM_THRESHOLD_',
]);

const functions: readonly (readonly [string, StackFunction, z.ZodRawShape])[] = Object.entries(
  stack.functions,
).map(([name, each]) => [name, each, SHAPES[name] ?? {}]);

test('the four functions are there', () => {
  expect(Object.keys(stack.functions).toSorted()).toEqual(Object.keys(SHAPES));
});

test.each(functions)('every variable of the %s is one that it reads', (_name, { environment }, shape) => {
  const known = new Set([...Object.keys(shape), ...SETTINGS.map(({ name }) => name), ...OTHERS]);
  expect(Object.keys(environment).filter((variable) => !known.has(variable))).toEqual([]);
});

test.each(functions)('the %s can use the values that it gets', (name, { environment }, shape) => {
  expect(() => readSettings(shape, environment)).not.toThrow();
  const launch = { args: [], pid: 1, workingFolder: '/', templateFolder: '/home/app/runtime' };
  // As the image sets it.
  const settings = readTemplateSettings({ HOST: '0.0.0.0', ...environment }, launch);
  expect([settings.name, settings.privateDoor]).toEqual([name, false]);
});

test.each(functions)('the %s gets the secrets that its settings name', (_name, each) => {
  const byTemplate = SETTINGS.find(({ name }) => name === 'AUTH_SECRET')?.default ?? '';
  const named = Object.entries(each.environment).filter(([variable]) => variable.endsWith('_SECRET'));
  expect(each.secrets.toSorted()).toEqual([...named.map(([, secret]) => secret), byTemplate].toSorted());
});

test.each(functions)('the image of the %s comes from registry, owner and tag of whoever builds', (name) => {
  const given = readStackFile(text, { OPENFAAS_PREFIX: 'registry.example/me', TAG: '1.2' });
  expect(given.functions[name]?.image).toBe(`registry.example/me/farmhand-${name}:1.2`);
  expect(stack.functions[name]?.image).toBe(`ttl.sh/farmhand/farmhand-${name}:latest`);
});

test.each(functions)('the %s writes nothing to its own disk, and says what it needs', (_name, each) => {
  expect(each.readonly_root_filesystem).toBe('true');
  expect([each.requests?.cpu, each.requests?.memory, each.limits?.memory]).not.toContain(undefined);
});

test.each(functions)('scaling of the %s stands in labels, where OpenFaaS looks for it', (_name, each) => {
  expect(Object.keys(each.annotations).filter((key) => key.startsWith('com.openfaas.scale'))).toEqual([]);
});

test('no deploy sets the number of workers', () => {
  expect(stack.functions['worker']?.labels).toEqual({});
});

test('the clock outside ticks as often as the autoscaler takes steps, and two clocks make no more steps', () => {
  const autoscaler = stack.functions['autoscaler'];
  const stepSeconds = Number(autoscaler?.environment['STEP_SECONDS']);
  const schedule = `@every ${String(stepSeconds)}s`;
  expect(autoscaler?.annotations).toMatchObject({ topic: 'cron-function', schedule });
  const minimum = Number(autoscaler?.environment['MINIMUM_INTERVAL_SECONDS']);
  expect([minimum > stepSeconds / 2, minimum < stepSeconds]).toEqual([true, true]);
});

test('what the functions share is copied into each', () => {
  expect(stack.configuration.copy).toEqual(['./shared']);
});
