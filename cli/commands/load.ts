import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { isWorkloadName, workloadNames } from '../../shared/workload/named-workloads.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { FarmClient } from '../farm-client.ts';
import { wholeNumber } from '../option-values.ts';
import { findDoors } from '../running-farm.ts';
import { farmCommand, outputOf } from './common.ts';
import type { CommonOptions } from './common.ts';

interface LoadOptions extends CommonOptions {
  readonly seed: number;
}

export function loadCommand(): Command {
  return farmCommand('load', 'Let the emitter generate a load of calibrated tasks', [
    'load paper',
    'load paper-random --seed 7',
    'load my-load.json   # the body of POST /load',
    'load status',
    'load stop',
  ])
    .argument('<workload>', `${workloadNames.join(', ')}, a JSON file, or: status, stop`)
    .option('--seed <number>', 'what is drawn by chance follows from it', wholeNumber(0, 2 ** 32 - 1), 1)
    .action(load);
}

async function load(what: string, options: LoadOptions): Promise<void> {
  const output = outputOf(options);
  const client = new FarmClient(findDoors(options.farm));
  const answer = await ask(client, what, options.seed);
  output.document(answer);
  for (const [name, value] of Object.entries(answer as object)) {
    output.line(`${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  }
}

async function ask(client: FarmClient, what: string, seed: number): Promise<unknown> {
  if (what === 'status') return client.load('GET');
  if (what === 'stop') return client.load('DELETE');
  if (isWorkloadName(what)) return client.load('POST', { workload: what, seed });
  try {
    return await client.load('POST', JSON.parse(readFileSync(what, 'utf8')));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const names = workloadNames.join(', ');
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `Expected ${names}, status, stop or a JSON file; got ${what}: ${reason}`,
      EXIT.usage,
    );
  }
}
