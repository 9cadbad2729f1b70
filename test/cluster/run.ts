// The farm's images on a real Kubernetes: npm run test:cluster -- [--only <part of a name>] [--keep] [--no-build] [--long] [--list]
// The last line is `N passed, N failed[, N skipped]`; exit code 77 says that no cluster can be had here, and why.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { PartsMissing } from '../../cli/cluster/parts-missing.ts';
import { runScenario } from './run-scenario.ts';
import type { Outcome } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { openCluster } from './test-cluster.ts';

/** What test runners take for "could not be run here". */
const NOT_POSSIBLE = 77;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    keep: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
  },
});

const interrupt = new AbortController();
for (const signal of SIGNALS) {
  process.on(signal, () => {
    say(`${signal}: taking everything down`);
    interrupt.abort(new Error(`interrupted by ${signal}`));
  });
}

// What nobody has caught fails the run, and leaves no cluster behind.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    console.log(error instanceof Error ? error.stack : String(error));
    process.exitCode = 1;
    interrupt.abort(new Error(`interrupted by an ${event}`));
  });
}

const scenarios = await chosenScenarios(options.only);
if (options.list) for (const { file, scenario } of scenarios) console.log(`${file}: ${scenario.name}`);
// A scenario that was cut short may have left connections behind, which are tried again for ever.
else process.exit(await main());

interface NamedScenario {
  /** Name of the file, which names the namespace as well. */
  readonly file: string;
  readonly scenario: Scenario;
}

async function chosenScenarios(only: readonly string[]): Promise<NamedScenario[]> {
  const folder = join(import.meta.dirname, 'scenarios');
  const found: NamedScenario[] = [];
  const files = readdirSync(folder).map((entry) => entry.replace(/\.ts$/, ''));
  const wanted = files.filter((file) => only.length === 0 || only.some((part) => file.includes(part)));
  for (const file of wanted.sort()) {
    const module = (await import(pathToFileURL(join(folder, `${file}.ts`)).href)) as { scenario?: Scenario };
    // The others are parts of a scenario.
    const { scenario } = module;
    if (scenario === undefined || (scenario.isLong === true && !options.long)) continue;
    found.push({ file, scenario });
  }
  if (found.length > 0) return found;
  throw new Error(`Expected --only to name one of ${files.sort().join(', ')}.`);
}

async function main(): Promise<number> {
  try {
    const outcomes = await runAll();
    interrupt.signal.throwIfAborted();
    return summarise(outcomes);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof PartsMissing) {
      console.log(`skipped: ${message}`);
      console.log('0 passed, 0 failed, 1 skipped');
      return NOT_POSSIBLE;
    }
    console.log(error instanceof Error ? error.stack : message);
    console.log('0 passed, 1 failed');
    return 1;
  }
}

async function runAll(): Promise<Outcome[]> {
  const startedAt = performance.now();
  const elapsed = (): string => `${((performance.now() - startedAt) / 1000).toFixed(0)} s`;
  const named = process.env['KUBECONFIG'];
  const cluster = await openCluster({
    kubeconfig: named === '' ? undefined : named,
    keep: options.keep,
    say,
    signal: interrupt.signal,
  });
  const outcomes: Outcome[] = [];
  try {
    say(`the cluster is there after ${elapsed()}`);
    if (!options['no-build']) {
      await cluster.loadImages({
        tensorflow: scenarios.some(({ scenario }) => scenario.needsTensorflow === true),
      });
    }
    say(`the images are there after ${elapsed()}`);
    for (const { file, scenario } of scenarios) {
      interrupt.signal.throwIfAborted();
      outcomes.push(await runScenario(cluster, { file, scenario, signal: interrupt.signal, say }));
    }
  } finally {
    await cluster.close();
    say(`everything is over after ${elapsed()}`);
  }
  return outcomes;
}

function summarise(outcomes: readonly Outcome[]): number {
  const count = (kind: Outcome['kind']): number => outcomes.filter((each) => each.kind === kind).length;
  console.log('');
  for (const { kind, name, seconds } of outcomes)
    console.log(`${kind.padEnd(8)}${seconds.toFixed(0).padStart(5)} s  ${name}`);
  const skipped = count('skipped');
  console.log(
    `${count('passed')} passed, ${count('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  );
  // Only a run in which everything was shown is a good one.
  return count('passed') === outcomes.length ? 0 : 1;
}

function say(line: string): void {
  console.log(`cluster test: ${line}`);
}
