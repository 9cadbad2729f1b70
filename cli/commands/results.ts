import type { Command } from 'commander';
import { FarmClient } from '../farm-client.ts';
import type { ResultLine, ShownResult } from '../farm-client.ts';
import { wholeNumber } from '../option-values.ts';
import { checkOutputFolder, saveOutputs } from '../output-files.ts';
import { findDoors } from '../running-farm.ts';
import { bytes, duration, FARMHAND, plural, shortened, table } from '../wording.ts';
import { farmCommand, outputOf } from './common.ts';
import type { CommonOptions } from './common.ts';

/** Of an answer, in the list. */
const SHOWN_CHARACTERS = 80;

interface ResultsOptions extends CommonOptions {
  readonly limit: number;
  readonly out?: string;
}

export function resultsCommand(): Command {
  return farmCommand('results', 'List the latest Results, or show one', [
    'results',
    'results --limit 100 --json',
    'results 3Qo9Yk… --out outputs/',
  ])
    .argument('[id]', 'a task id')
    .option('--limit <count>', 'how many', wholeNumber(1, 100_000), 20)
    .option('--out <folder>', 'write the outputs of that task there')
    .action(results);
}

async function results(id: string | undefined, options: ResultsOptions): Promise<void> {
  const output = outputOf(options);
  if (options.out !== undefined) checkOutputFolder(options.out);
  const client = new FarmClient(findDoors(options.farm));
  if (id === undefined) {
    const page = await client.list('results', options.limit);
    output.document(page);
    output.line(`${plural(page.total, 'Result')}${page.total > page.results.length ? ', the latest:' : ''}`);
    for (const line of table(page.results.map(row))) output.line(line);
    if (page.total > 0) output.line(`One as a whole: ${FARMHAND} results <id>`);
    return;
  }
  const result = (await client.result(id)) as ShownResult;
  const files =
    options.out === undefined
      ? undefined
      : await saveOutputs(client, result, { folder: options.out, name: id });
  output.document(files === undefined ? result : { ...result, files });
  for (const line of wholeText(result)) output.line(line);
  for (const file of files ?? []) output.line(`${options.out ?? ''}/${file}`);
}

/** What a person wants to know of one Result; of a task that has none yet, where it is. */
function wholeText(result: ShownResult | { readonly status: 'waiting' | 'cancelled' }): readonly string[] {
  if (result.status !== 'done' && result.status !== 'failed') return [`The task is ${result.status}.`];
  const { task, type, responseSeconds, serviceSeconds, failedAttempts } = result;
  const service = serviceSeconds === undefined ? '' : `, service ${duration(serviceSeconds)}`;
  const attempts = failedAttempts > 0 ? `, after ${plural(failedAttempts, 'failed attempt')}` : '';
  const head = `${task}, ${type}: ${outcomeOf(result)}, response ${duration(responseSeconds)}${service}${attempts}`;
  if (result.status === 'failed') return [head, `  ${result.reason}`];
  const outputs = Object.entries(result.outputs).map(([name, { contentType, bytes: size }]) => [
    `  ${name}`,
    contentType,
    bytes(size),
  ]);
  const summary = Object.entries(result.summary ?? {}).map(([name, value]) => [
    `  ${name}`,
    shortened(JSON.stringify(value), SHOWN_CHARACTERS),
  ]);
  const more = outputs.length === 0 ? '' : '; its outputs: --out <folder>';
  return [head, ...table(outputs), ...table(summary), `Everything: --json${more}`];
}

function outcomeOf(result: ShownResult | ResultLine): string {
  const what = result.status === 'done' ? 'done' : result.kind;
  return what === 'invalid' ? what : `${what}, ${judgementOf(result)}`;
}

/** Invalid input stands outside QoS: it was neither in time nor late. */
function judgementOf(result: ShownResult | ResultLine): string {
  if (result.status === 'failed' && result.kind === 'invalid') return '–';
  return result.metDeadline ? 'in time' : 'late';
}

function row(result: ResultLine): readonly string[] {
  const what = result.status === 'done' ? 'done' : result.kind;
  const answer =
    result.status !== 'done'
      ? result.reason
      : result.summary === undefined
        ? result.outputs.join(', ')
        : JSON.stringify(result.summary);
  const response = duration(result.responseSeconds);
  const judged = judgementOf(result);
  return [`  ${result.task}`, result.type, what, judged, response, shortened(answer, SHOWN_CHARACTERS)];
}
