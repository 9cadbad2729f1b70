import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { AUTOSCALER_SETTINGS, AUTOSCALER_SETTINGS_SHAPE } from '../../autoscaler/settings.ts';
import { COLLECTOR_SETTINGS, COLLECTOR_SETTINGS_SHAPE } from '../../collector/settings.ts';
import { EMITTER_SETTINGS, EMITTER_SETTINGS_SHAPE } from '../../emitter/settings.ts';
import { WORKER_SETTINGS, WORKER_SETTINGS_SHAPE } from '../../worker/settings.ts';
import { README_SETTINGS, renderTable, tableIn } from '../checks/settings-tables.ts';

test.each([
  ['autoscaler', AUTOSCALER_SETTINGS_SHAPE, AUTOSCALER_SETTINGS],
  ['collector', COLLECTOR_SETTINGS_SHAPE, COLLECTOR_SETTINGS],
  ['emitter', EMITTER_SETTINGS_SHAPE, EMITTER_SETTINGS],
  ['worker', WORKER_SETTINGS_SHAPE, WORKER_SETTINGS],
] as const)(
  'the table of the %s has every variable that it reads, with its default',
  (_name, shape, table) => {
    const defaults = z.object(shape).parse({}) as Readonly<Record<string, string | number | undefined>>;
    const read = Object.keys(shape).map((name) => [name, String(defaults[name] ?? '')]);
    const written = table.map((row) => [row.name, row.default]);
    expect(written.toSorted()).toEqual(read.toSorted());
  },
);

test.each(Object.entries(README_SETTINGS))('%s explains every setting', (file, settings) => {
  const readme = readFileSync(join(import.meta.dirname, '..', '..', file), 'utf8');
  expect(tableIn(readme), 'write it anew: node test/checks/settings-tables.ts').toBe(renderTable(settings));
});
