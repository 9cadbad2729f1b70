import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { isWorkloadName, workloadNames } from '../../shared/workload/named-workloads.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { FarmClient, Refused } from '../farm-client.ts';
import { wholeNumber } from '../option-values.ts';
import { findDoors } from '../running-farm.ts';
import { duration, FARMHAND, plural } from '../wording.ts';
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

/** What the emitter says of a load. */
interface ShownLoad {
  readonly total: number;
  /** To the end of its last phase. */
  readonly seconds: number;
  /** These two are absent where it has just begun. */
  readonly state?: string;
  readonly emitted?: number;
}

async function load(what: string, options: LoadOptions): Promise<void> {
  const output = outputOf(options);
  const client = new FarmClient(findDoors(options.farm));
  const answer = (await ask(client, what, options.seed)) as ShownLoad | undefined;
  if (answer === undefined) {
    output.document({ state: 'none' });
    output.line('No load is running.');
    return;
  }
  output.document(answer);
  output.line(loadText(what, answer));
  if (answer.state === undefined)
    output.line(`See ${FARMHAND} status, or ${FARMHAND} load status; ${FARMHAND} load stop ends it.`);
}

function loadText(what: string, { total, seconds, state, emitted }: ShownLoad): string {
  const size = `${plural(total, 'task')} in ${duration(seconds)}`;
  return state === undefined
    ? `The load ${what} has begun: ${size}.`
    : `The load is ${state}: ${String(emitted ?? 0)} of ${size} emitted.`;
}

/** Undefined where a load was to be stopped and none is running: then all is as it was asked for. */
async function ask(client: FarmClient, what: string, seed: number): Promise<unknown> {
  try {
    if (what === 'status') return await client.load('GET');
    if (what === 'stop') return await client.load('DELETE');
    return await client.load('POST', isWorkloadName(what) ? { workload: what, seed } : bodyIn(what));
  } catch (error) {
    if (error instanceof Refused && error.status === 409 && what === 'stop') return undefined;
    throw error instanceof Refused ? new CommandError(refusalText(what, error)) : error;
  }
}

/** The farm speaks of requests; here it is commands. */
function refusalText(what: string, { status, message }: Refused): string {
  if (status === 404 && what === 'status')
    return `This farm has had no load yet. Begin one: ${FARMHAND} load paper`;
  if (status === 409)
    return `A load is running already. Stop it: ${FARMHAND} load stop; see how far it is: ${FARMHAND} load status`;
  return message;
}

function bodyIn(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const names = workloadNames.join(', ');
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(
      `Expected ${names}, status, stop or a JSON file; got ${file}: ${reason}`,
      EXIT.usage,
    );
  }
}
