import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import type { TestProjectInlineConfiguration } from 'vitest/config';

const repository = join(import.meta.dirname, '..', '..');

interface Kind {
  readonly name: string;
  /** Folders below test/. Those that are not there (yet) are left out. */
  readonly folders: readonly string[];
  readonly timeoutSeconds: number;
  /** Tests that start processes and measure nothing but still need the machine to themselves run one file at a time. */
  readonly parallel: boolean;
}

const kinds: readonly Kind[] = [
  {
    name: 'unit',
    folders: ['unit', 'contract', 'theory', 'parity', 'checks'],
    timeoutSeconds: 20,
    parallel: true,
  },
  { name: 'integration', folders: ['integration'], timeoutSeconds: 120, parallel: false },
  { name: 'faults', folders: ['faults'], timeoutSeconds: 300, parallel: false },
];

function project(kind: Kind, order: number): TestProjectInlineConfiguration[] {
  const folders = kind.folders.filter((folder) => existsSync(join(repository, 'test', folder)));
  if (folders.length === 0) return [];
  const timeoutMilliseconds = kind.timeoutSeconds * 1000;
  return [
    {
      test: {
        name: kind.name,
        root: repository,
        include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
        testTimeout: timeoutMilliseconds,
        hookTimeout: timeoutMilliseconds,
        pool: 'forks',
        maxWorkers: kind.parallel ? availableParallelism() : 1,
        fileParallelism: kind.parallel,
        // One kind after the other: real processes next to busy unit tests fail for want of a core.
        sequence: { groupOrder: order },
      },
    },
  ];
}

export default defineConfig({
  test: {
    root: repository,
    passWithNoTests: true,
    slowTestThreshold: 2000,
    projects: kinds.flatMap(project),
  },
});
