// Checks who imports whom: node test/checks/architecture.ts [folder]
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cruise } from 'dependency-cruiser';
import type { ICruiseResult } from 'dependency-cruiser';
import { rules } from './dependencies.js';

const checkedFolders = ['template', 'emitter', 'worker', 'collector', 'autoscaler', 'shared', 'cli', 'test'];

/** An import that a rule of dependencies.js forbids. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
  /** What to do about it. */
  readonly instead: string;
}

export interface ArchitectureReport {
  readonly moduleCount: number;
  readonly violations: readonly Violation[];
}

/** Reads every import below `repository` and holds it against the rules of dependencies.js. */
export async function checkArchitecture(repository: string): Promise<ArchitectureReport> {
  const folders = checkedFolders.filter((folder) => existsSync(join(repository, folder)));
  const { output } = await cruise(
    folders,
    {
      baseDir: repository,
      ruleSet: { forbidden: rules },
      validate: true,
      // Imports of types count as well: a layer that knows another one's types is not apart from it.
      tsPreCompilationDeps: true,
      doNotFollow: { path: '(^|/)node_modules/' },
      exclude: { path: '^build/' },
    },
    {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  );
  if (typeof output === 'string')
    throw new TypeError('Expected dependency-cruiser to return an object, got text.');
  return { moduleCount: output.summary.totalCruised, violations: violationsOf(output) };
}

function violationsOf(result: ICruiseResult): Violation[] {
  return result.summary.violations.map(({ rule, from, to, cycle }) => ({
    rule: rule.name,
    from,
    to: cycle ? cycle.map((step) => step.name).join(' → ') : to,
    instead: rules.find((each) => each.name === rule.name)?.comment ?? '',
  }));
}

async function main(repository: string): Promise<void> {
  const { moduleCount, violations } = await checkArchitecture(repository);
  for (const { rule, from, to, instead } of violations) {
    console.log(`${rule}: ${from}${to === from ? '' : ` → ${to}`}\n    ${instead}`);
  }
  console.log(`${violations.length} forbidden imports among ${moduleCount} files`);
  if (violations.length > 0) process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(resolve(process.argv[2] ?? join(import.meta.dirname, '..', '..')));
}
