// npm run bench [-- --quick] [--only queue,farm] [--time-scale 1] [--json FILE]
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { passes, table } from './row.ts';
import type { BenchOptions, Row, Suite } from './row.ts';

/** Which file measures what. */
const SUITES: Readonly<Record<string, () => Promise<{ readonly run: Suite }>>> = {
  queue: () => import('./queue.ts'),
  'claim-cost': () => import('./claim-cost.ts'),
  farm: () => import('./farm.ts'),
  dispatch: () => import('./dispatch.ts'),
  idle: () => import('./idle.ts'),
  pipeline: () => import('./picture.ts'),
  simulator: () => import('./simulator.ts'),
  'live-paper': () => import('./live-paper.ts'),
  'unseen-loads': () => import('./unseen-loads.ts'),
};

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    json: { type: 'string' },
    'time-scale': { type: 'string' },
  },
});

function chosenSuites(): readonly string[] {
  const names = values.only?.split(',') ?? Object.keys(SUITES);
  const unknown = names.find((name) => !(name in SUITES));
  if (unknown === undefined) return names;
  throw new Error(`Expected --only to name some of ${Object.keys(SUITES).join(', ')}; got ${unknown}.`);
}

const timeScale = values['time-scale'] === undefined ? undefined : Number(values['time-scale']);
if (timeScale !== undefined && !(timeScale > 0))
  throw new Error('Expected --time-scale to be a number above 0.');
const options: BenchOptions = {
  quick: values.quick,
  ...(timeScale === undefined ? {} : { timeScale }),
  say: (line) => {
    process.stderr.write(`${line}\n`);
  },
};
const rows: Row[] = [];
for (const name of chosenSuites()) {
  options.say(`-- ${name}`);
  const module = await SUITES[name]?.();
  rows.push(...((await module?.run(options)) ?? []));
}
console.log(table(rows));
if (values.json !== undefined) {
  const machine = { node: process.version, cpus: cpus().map(({ model }) => model) };
  const report = { quick: values.quick, machine, rows: rows.map((row) => ({ ...row, pass: passes(row) })) };
  writeFileSync(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
}
if (rows.some((row) => passes(row) === false)) process.exitCode = 1;
