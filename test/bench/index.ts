// npm run bench [-- --quick] [--only queue,farm] [--json FILE]
import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { passes, table } from './row.ts';
import type { BenchOptions, Row, Suite } from './row.ts';

const SUITES = ['queue', 'claim-cost', 'farm', 'dispatch', 'idle', 'pipeline'] as const;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    json: { type: 'string' },
  },
});

async function suite(name: string): Promise<Suite> {
  const module = (await import(`./${name}.ts`)) as { readonly run: Suite };
  return module.run;
}

function chosenSuites(): readonly string[] {
  if (values.only === undefined)
    return SUITES.filter((name) => existsSync(join(import.meta.dirname, `${name}.ts`)));
  const names = values.only.split(',');
  const unknown = names.find((name) => !(SUITES as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new Error(`Expected --only to name some of ${SUITES.join(', ')}; got ${unknown}.`);
  return names;
}

const options: BenchOptions = {
  quick: values.quick,
  say: (line) => {
    process.stderr.write(`${line}\n`);
  },
};
const rows: Row[] = [];
for (const name of chosenSuites()) {
  options.say(`-- ${name}`);
  rows.push(...(await (await suite(name))(options)));
}
console.log(table(rows));
if (values.json !== undefined) {
  const machine = { node: process.version, cpus: cpus().map(({ model }) => model) };
  const report = { quick: values.quick, machine, rows: rows.map((row) => ({ ...row, pass: passes(row) })) };
  writeFileSync(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
}
if (rows.some((row) => passes(row) === false)) process.exitCode = 1;
