// Writes each README's table of settings anew, from the settings themselves: node test/checks/settings-tables.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AUTOSCALER_SETTINGS } from '../../autoscaler/settings.ts';
import { COLLECTOR_SETTINGS } from '../../collector/settings.ts';
import { EMITTER_SETTINGS } from '../../emitter/settings.ts';
import { FARM_SETTINGS } from '../../shared/io/farm-settings.ts';
import type { Setting } from '../../shared/io/settings.ts';
import { SETTINGS } from '../../template/farm-node22/settings.ts';
import { WORKER_SETTINGS } from '../../worker/settings.ts';

/** Everything that a function's own README explains: what it reads, and what every program of a farm reads. */
export const README_SETTINGS: Readonly<Record<string, readonly Setting[]>> = {
  'autoscaler/README.md': withFarm(AUTOSCALER_SETTINGS),
  'collector/README.md': withFarm(COLLECTOR_SETTINGS),
  'emitter/README.md': withFarm(EMITTER_SETTINGS),
  'worker/README.md': withFarm(WORKER_SETTINGS),
  'template/farm-node22/README.md': SETTINGS,
};

const HEADER = ['| Variable | Unit | Default | Meaning |', '| --- | --- | --- | --- |'];

export function renderTable(settings: readonly Setting[]): string {
  const rows = settings.map(({ name, unit, default: byDefault, meaning }) => {
    const cells = [code(name), unit, code(byDefault), meaning];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return [...HEADER, ...rows].join('\n');
}

/** The table of settings in a README; undefined where there is none. */
export function tableIn(readme: string): string | undefined {
  const lines = readme.split('\n');
  const first = lines.indexOf(HEADER[0] ?? '');
  if (first === -1) return undefined;
  const length = lines.slice(first).findIndex((line) => !line.startsWith('|'));
  return lines.slice(first, length === -1 ? undefined : first + length).join('\n');
}

function withFarm(own: readonly Setting[]): readonly Setting[] {
  const names = new Set(own.map(({ name }) => name));
  return [...FARM_SETTINGS.filter(({ name }) => !names.has(name)), ...own];
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

function writeTables(repository: string): void {
  for (const [file, settings] of Object.entries(README_SETTINGS)) {
    const path = join(repository, file);
    const readme = readFileSync(path, 'utf8');
    const table = tableIn(readme);
    if (table === undefined) throw new Error(`Expected the line ${HEADER[0] ?? ''} in ${file}; add it.`);
    writeFileSync(
      path,
      readme.replace(table, () => renderTable(settings)),
    );
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeTables(join(import.meta.dirname, '..', '..'));
}
